import { describe, expect, it } from 'vitest';
import { dutiesOf, isActionDone, isStepDone, propose } from '../../../lib/deployment/advance.ts';
import type { DeploymentAction } from '../../../lib/model/deployment.ts';
import { type DeploymentId, toInstanceId } from '../../../lib/model/ids.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { aDeploymentPlan } from '../../fixtures/a-deployment-plan.ts';
import { anApp, EPOCH } from '../../fixtures/an-app.ts';
import { anInstance, aScheduledInstance } from '../../fixtures/an-instance.ts';

const [A, B, C] = [resolvePathId('/a'), resolvePathId('/b'), resolvePathId('/c')];
const SPEC = anApp();
const LATER = toTimestamp(EPOCH + 60_000);
const one = (name: string, fields: Partial<Instance> = {}): Instance =>
  anInstance({ id: toInstanceId(SPEC.id, name), ...fields });
const gone = (name: string, condition: Instance['condition']) => one(name, { goal: 'Decommissioned', condition });

describe('an action is done', () => {
  const stop: DeploymentAction = { kind: 'stop', runSpec: SPEC.id };
  const scale: DeploymentAction = { kind: 'scale', runSpec: SPEC.id, to: 1 };
  const waiting = aScheduledInstance({ id: toInstanceId(SPEC.id, 'w') });

  it.for([
    { what: 'start: at once', action: { kind: 'start', runSpec: SPEC.id }, instances: [], done: true },
    { what: 'stop: nothing there', action: stop, instances: [], done: true },
    { what: 'stop: one wanted', action: stop, instances: [one('a')], done: false },
    {
      what: 'stop: one kept for later',
      action: stop,
      instances: [one('a', { goal: 'Stopped', condition: 'Killed' })],
      done: false,
    },
    { what: 'stop: one being killed', action: stop, instances: [gone('a', 'Killing')], done: false },
    { what: 'stop: one killed', action: stop, instances: [gone('a', 'Killed')], done: true },
    { what: 'stop: one out of reach', action: stop, instances: [gone('a', 'Unreachable')], done: true },
    { what: 'stop: one given up', action: stop, instances: [gone('a', 'UnreachableInactive')], done: true },
    { what: 'stop: one never launched', action: stop, instances: [gone('a', 'Scheduled')], done: true },
    { what: 'scale: all running', action: scale, instances: [one('a')], done: true },
    { what: 'scale: one waits', action: scale, instances: [waiting], done: false },
    { what: 'scale: one starts', action: scale, instances: [one('a', { condition: 'Starting' })], done: false },
    { what: 'scale: a victim still runs', action: scale, instances: [one('a'), gone('b', 'Running')], done: false },
    {
      what: 'scale: one that it names is still wanted',
      action: { ...scale, kill: [toInstanceId(SPEC.id, 'b')] },
      instances: [one('a'), one('b')],
      done: false,
    },
    {
      what: 'scale: one that it names has ended',
      action: { ...scale, kill: [toInstanceId(SPEC.id, 'b')] },
      instances: [one('a'), gone('b', 'Killed')],
      done: true,
    },
    { what: 'scale: a victim has ended', action: scale, instances: [one('a'), gone('b', 'Killed')], done: true },
    { what: 'restart: one old left', action: { kind: 'restart', runSpec: SPEC.id }, instances: [], done: false },
    { what: 'restart: all new', action: { kind: 'restart', runSpec: SPEC.id }, instances: [one('a')], done: true },
  ] satisfies readonly { what: string; action: DeploymentAction; instances: readonly Instance[]; done: boolean }[])(
    '$what: $done',
    ({ action, instances, done }) => {
      expect(isActionDone(action, instances, SPEC)).toBe(done);
    },
  );

  it.for([scale, { kind: 'restart', runSpec: SPEC.id }] satisfies DeploymentAction[])(
    '$kind, when its definition is gone: nobody can do more',
    (action) => {
      expect(isActionDone(action, [one('a')], undefined)).toBe(true);
    },
  );
});

describe('duties', () => {
  const plan = aDeploymentPlan({
    affected: [A, B],
    steps: [
      { actions: [{ kind: 'start', runSpec: A }] },
      { actions: [{ kind: 'scale', runSpec: A, to: 3 }] },
      { actions: [{ kind: 'restart', runSpec: B }] },
    ],
  });
  const specs = new Map([
    [A, anApp({ id: A })],
    [B, anApp({ id: B })],
  ]);

  it.for([
    { step: 0, duties: {} },
    { step: 1, duties: { '/a': { kind: 'keep', count: 3, since: plan.version } } },
    { step: 2, duties: { '/b': { kind: 'restart' } } },
    { step: 3, duties: {} },
  ])('of step $step; all the while both are locked', ({ step, duties }) => {
    const found = dutiesOf([{ plan, step }], specs);
    expect({ ...found, duties: Object.fromEntries(found.duties) }).toEqual({ locked: new Set([A, B]), duties });
  });

  it('of several deployments stand side by side', () => {
    const other = aDeploymentPlan({ affected: [C], steps: [{ actions: [{ kind: 'stop', runSpec: C }] }] });
    const { locked, duties } = dutiesOf(
      [
        { plan, step: 2 },
        { plan: other, step: 0 },
      ],
      specs,
    );
    expect([...locked]).toEqual([A, B, C]);
    expect([...duties]).toEqual([
      [B, { kind: 'restart' }],
      [C, { kind: 'stop' }],
    ]);
  });

  it('propose to let everybody go who is to stop, each once', () => {
    const instances = [one('a'), gone('b', 'Killing'), one('c', { goal: 'Stopped' })];
    expect(propose({ kind: 'stop' }, instances, undefined)).toEqual({
      create: 0,
      decommission: [instances[0]?.id, instances[2]?.id],
    });
  });

  it('propose nothing for a count or a restart without a definition', () => {
    expect(propose({ kind: 'keep', count: 3 }, [], undefined)).toEqual({ create: 0, decommission: [] });
    expect(propose({ kind: 'restart' }, [one('a')], undefined)).toEqual({ create: 0, decommission: [] });
  });
});

describe('a definition that takes the place of one that was just removed', () => {
  const plan = aDeploymentPlan({
    version: LATER,
    affected: [A],
    steps: [{ actions: [{ kind: 'start', runSpec: A }] }, { actions: [{ kind: 'scale', runSpec: A, to: 1 }] }],
  });
  const specs = new Map([[A, anApp({ id: A, version: LATER })]]);
  const former = one('former');
  const own = one('own', { runSpecVersion: LATER });

  it.for([
    { what: 'begins with instances of its own', by: plan, decommission: [former.id], create: 1 },
    {
      what: 'brought back by a rollback keeps them',
      by: { ...plan, undoes: 'other' as DeploymentId },
      decommission: [],
      create: 0,
    },
  ])('$what', ({ by, decommission, create }) => {
    const duty = dutiesOf([{ plan: by, step: 1 }], specs).duties.get(A);
    expect(duty === undefined ? undefined : propose(duty, [former], SPEC)).toEqual({ create, decommission });
    expect(isStepDone({ plan: by, step: 1 }, specs, new Map([[A, [former]]]))).toBe(create === 0);
  });

  it('is there when those are gone', () => {
    const left = (...instances: readonly Instance[]) => isStepDone({ plan, step: 1 }, specs, new Map([[A, instances]]));
    expect(left(own, former)).toBe(false);
    expect(left(own, { ...former, goal: 'Decommissioned', condition: 'Killing' })).toBe(false);
    expect(left(own, { ...former, goal: 'Decommissioned', condition: 'Killed' })).toBe(true);
  });
});

describe('a step is done', () => {
  const plan = aDeploymentPlan({
    steps: [
      {
        actions: [
          { kind: 'scale', runSpec: A, to: 1 },
          { kind: 'stop', runSpec: B },
        ],
      },
    ],
  });
  const specs = new Map([[A, anApp({ id: A })]]);

  it('when all of its actions are', () => {
    const running = new Map([[A, [anInstance({ runSpec: A })]]]);
    expect(isStepDone({ plan, step: 0 }, specs, running)).toBe(true);
    expect(isStepDone({ plan, step: 0 }, specs, new Map([...running, [B, [anInstance({ runSpec: B })]]]))).toBe(false);
    expect(isStepDone({ plan, step: 0 }, specs, new Map())).toBe(false);
  });

  it('when there is none left', () => {
    expect(isStepDone({ plan, step: 1 }, specs, new Map())).toBe(true);
  });
});
