import { describe, expect, it } from 'vitest';
import { chooseDeadline, deadlineViolations, judgeDeadlines, parseDeadline } from '../../../lib/deployment/deadline.ts';
import type { DeploymentId } from '../../../lib/model/ids.ts';
import { aDeploymentPlan } from '../../fixtures/a-deployment-plan.ts';
import { anApp, EPOCH } from '../../fixtures/an-app.ts';

const labelled = (deadline: string) => anApp({ labels: { STRIDE_DEPLOYMENT_DEADLINE: deadline } });
const FORM = '<seconds>;rollback or <seconds>;fail with 1 to 2678400 seconds, or none. Example: 600;rollback';

describe('a deadline', () => {
  it.for([
    ['600;rollback', { seconds: 600, action: 'rollback' }],
    ['1;fail', { seconds: 1, action: 'fail' }],
    [' 2678400 ; fail ', { seconds: 2_678_400, action: 'fail' }],
    ['none', 'none'],
    ['2678401;fail', undefined],
    ['0;fail', undefined],
    ['-1;fail', undefined],
    ['1.5;fail', undefined],
    ['600', undefined],
    ['600;', undefined],
    ['600;Rollback', undefined],
    ['600;rollback;fail', undefined],
    ['', undefined],
  ] as const)('is read: %j', ([text, deadline]) => {
    expect(parseDeadline(text)).toEqual(deadline);
  });

  const configured = { seconds: 900, action: 'fail' } as const;
  it.for([
    ['what is asked for', { seconds: 5, action: 'fail' }, ['600;rollback'], { seconds: 5, action: 'fail' }],
    ['none, if that is asked for', 'none', ['600;rollback'], undefined],
    ['the shortest of the labels', undefined, ['600;fail', '60;fail', 'none'], { seconds: 60, action: 'fail' }],
    ['of equal labels the rollback', undefined, ['60;fail', '60;rollback'], { seconds: 60, action: 'rollback' }],
    ['none, where labels turn it off', undefined, ['none'], undefined],
    ['the configured one', undefined, [], configured],
  ] as const)('of a deployment is %s', ([, asked, labels, deadline]) => {
    expect(chooseDeadline(asked, [anApp({ labels: {} }), ...labels.map(labelled)], configured)).toEqual(deadline);
  });

  it('in a label is refused with its form', () => {
    expect(deadlineViolations([labelled('600;rollback'), anApp({ labels: {} })])).toEqual([]);
    expect(deadlineViolations([labelled('soon')])).toEqual([
      ['/labels/STRIDE_DEPLOYMENT_DEADLINE', `'soon' of /app is not of the form ${FORM}`],
    ]);
  });
});

describe('running deployments and their deadlines', () => {
  const running = (id: string, seconds: number | undefined, step = 0) => {
    const deadline = seconds === undefined ? {} : { deadline: { seconds, action: 'fail' as const } };
    return { plan: aDeploymentPlan({ id: id as DeploymentId, ...deadline }), step };
  };
  const judge = (now: number) =>
    judgeDeadlines(
      [running('never', undefined), running('late', 30), running('done', 1, 99), running('soon', 10)],
      now,
    );

  it.for([
    ['before the first', 9_999, [], 10_000],
    ['at the first', 10_000, ['soon'], 30_000],
    ['at the last', 30_000, ['late', 'soon'], undefined],
  ] as const)('%s', ([, after, overdue, dueAfter]) => {
    const { overdue: found, dueAt } = judge(EPOCH + after);
    expect(found.map(({ id }) => id)).toEqual(overdue);
    expect(dueAt).toBe(dueAfter === undefined ? undefined : EPOCH + dueAfter);
  });
});
