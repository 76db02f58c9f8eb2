import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { strideForSuite } from '../e2e/stride-for-suite.ts';
import { GO_MARATHON_HEALTH_SEES } from './clients/go-marathon-health-sees.ts';
import { goMarathonSees } from './clients/go-marathon-sees.ts';
import { expectFailures } from './clients/what-health-shows.ts';
import { judgeHealth } from './health-judge.ts';
import { goProgram } from './judge-cache.ts';
import { runToEnd } from './programs.ts';

const SOURCE = fileURLToPath(new URL('./clients/go', import.meta.url));
const RUN_LIMIT_MS = 180_000;

const seenSchema = z.looseObject({
  events: z.array(z.looseObject({ eventType: z.string() })),
  deployments: z.tuple([z.looseObject({ id: z.string() })]),
});

/** Accepted changes that came to their end. */
const CHANGES = [
  'scaled',
  'updated',
  'restarted',
  'rolled back',
  'deleted while it waits',
  'group updated',
  'group deleted',
  'deleted',
];

/** Contract: go-marathon works with the whole local system, its subscription too, and decodes complete answers. */
describe('go-marathon', () => {
  const stride = strideForSuite('--ephemeral', '--runtime', 'simulated');
  let seen: z.infer<typeof seenSchema>;

  beforeAll(async () => {
    const program = await goProgram(SOURCE);
    const { code, output } = await runToEnd(program, [stride.url], { timeoutMs: RUN_LIMIT_MS });
    expect(code, output).toBe(0);
    seen = seenSchema.parse(JSON.parse(output));
  });

  const told = (type: string, member: string): readonly string[] =>
    seen.events
      .filter(({ eventType }) => eventType === type)
      .map((event) => String(event[member]))
      .toSorted();
  const deploymentOf = (change: string): string =>
    z.object({ deploymentId: z.string() }).parse(seen[change]).deploymentId;

  /** The first deployment of the app that fits nowhere. */
  const waiting = (): string => seen.deployments[0].id;

  it('decodes every answer whole', () => {
    const expected = goMarathonSees(new URL(stride.url).host);
    for (const [what, answer] of Object.entries(expected)) expect(seen[what], what).toEqual(answer);
    expect(Object.keys(seen).toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  it('is told the end of every deployment', () => {
    const ended = told('deployment_success', 'id');
    expect(ended).toEqual(expect.arrayContaining(CHANGES.map(deploymentOf)));
    // Besides: the creations of the app and of the group, and the kill that scaled.
    expect(ended).toHaveLength(CHANGES.length + 3);
    // The plan that met the lock, what was forced over, what was cancelled, and its rollback, forced over in its turn.
    const failed = told('deployment_failed', 'id');
    expect(failed).toEqual(expect.arrayContaining([waiting(), deploymentOf('forced'), deploymentOf('cancelled')]));
    expect(failed).toHaveLength(4);
    // A plan for each that began, and a step for each that came to its end.
    expect(told('deployment_info', 'eventType').length).toBeGreaterThanOrEqual(ended.length);
    expect(told('deployment_step_success', 'eventType').length).toBeGreaterThanOrEqual(ended.length);
  });

  it('is told what became of apps and tasks', () => {
    expect(told('app_terminated_event', 'appId')).toEqual(['/clients/greedy', '/clients/tree/leaf', '/clients/web']);
    expect(told('api_post_event', 'uri')).toEqual([
      '/v2/apps',
      '/v2/apps',
      '/v2/apps/clients/greedy',
      ...Array(3).fill('/v2/apps/clients/web'),
    ]);
    const tasks = (status: string) =>
      seen.events
        .filter(({ taskStatus }) => taskStatus === status)
        .map(({ taskId }) => String(taskId))
        .toSorted();
    expect(tasks('TASK_RUNNING').length).toBeGreaterThan(0);
    expect(tasks('TASK_KILLED')).toEqual(tasks('TASK_RUNNING'));
  });
});

/** Contract: the same client sees how real processes become healthy and sick, and leads the deployments that wait. */
describe('go-marathon, on health and what waits for it', () => {
  const { seen, told, deploymentOf } = judgeHealth(async () => [await goProgram(SOURCE)], GO_MARATHON_HEALTH_SEES);

  it('is told every failure of the sick task, and its kill', () => {
    expectFailures(seen().events);
    const sick = told('health_status_changed_event').filter(({ alive }) => alive === false);
    const { version } = z.object({ version: z.string() }).parse(seen()['forced']);
    expect(sick).toEqual([expect.objectContaining({ appId: '/clients/sound', version })]);
    const ends = told('status_update_event').filter(({ taskId }) => taskId === seen().sickened);
    expect(ends.map(({ taskStatus }) => taskStatus)).toContain('TASK_KILLED');
    expect(told('add_health_check_event').length).toBeGreaterThan(0);
  });

  it('is told how every deployment ended', () => {
    const ended = told('deployment_success').map(({ id }) => id);
    expect(ended).toEqual(expect.arrayContaining(['cancelled', 'forced', 'deleted'].map(deploymentOf)));
    expect(ended).toHaveLength(4);
    const failed = told('deployment_failed').map(({ id }) => id);
    expect(failed).toEqual(expect.arrayContaining(['updated', 'forced over'].map(deploymentOf)));
    // The plan that met the lock, too.
    expect(failed).toHaveLength(3);
  });
});
