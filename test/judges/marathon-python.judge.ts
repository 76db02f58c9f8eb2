import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { strideForSuite } from '../e2e/stride-for-suite.ts';
import { MARATHON_PYTHON_HEALTH_SEES } from './clients/marathon-python-health-sees.ts';
import { marathonPythonSees } from './clients/marathon-python-sees.ts';
import { waysOfTasks } from './clients/what-clients-see.ts';
import { expectFailures } from './clients/what-health-shows.ts';
import { judgeHealth } from './health-judge.ts';
import { pythonPrograms } from './judge-cache.ts';
import { runToEnd } from './programs.ts';

const SCRIPT = fileURLToPath(new URL('./clients/marathon_python.py', import.meta.url));
const HEALTH_SCRIPT = fileURLToPath(new URL('./clients/marathon_python_health.py', import.meta.url));
const RUN_LIMIT_MS = 180_000;

const seenSchema = z
  .looseObject({
    events: z.array(z.looseObject({ eventType: z.string() })),
    queue: z.tuple([z.looseObject({ processedOffersSummary: z.looseObject({ processedOffersCount: z.int() }) })]),
    deployments: z.tuple([z.looseObject({ id: z.string() })]),
  })
  .catchall(z.unknown());

/** Accepted changes in the order in which the client makes them, but for those that are forced over or ended. */
const CHANGES = [
  'scaled',
  'scaled by -1',
  'updated',
  'updated list',
  'restarted',
  'rolled back',
  'deleted while it waits',
  'group created',
  'group scaled',
  'group updated',
  'group deleted',
  'deleted',
];

/** Contract: PyPI's `marathon` works with the whole local system, and sees complete and right answers. */
describe('marathon-python', () => {
  const stride = strideForSuite('--ephemeral', '--runtime', 'simulated');
  let seen: z.infer<typeof seenSchema>;

  beforeAll(async () => {
    const program = await pythonPrograms();
    const { code, output } = await runToEnd(program('python'), ['-B', SCRIPT, stride.url], { timeoutMs: RUN_LIMIT_MS });
    expect(code, output).toBe(0);
    seen = seenSchema.parse(JSON.parse(output));
  });

  const told = (type: string, member: string): readonly unknown[] =>
    seen.events.filter(({ eventType }) => eventType === type).map((event) => event[member]);
  const deploymentOf = (change: string): string =>
    z.object({ deploymentId: z.string() }).parse(seen[change]).deploymentId;

  it('sees every answer whole', () => {
    const offers = seen.queue[0].processedOffersSummary.processedOffersCount;
    expect(offers).toBeGreaterThanOrEqual(3);
    const expected = marathonPythonSees(new URL(stride.url).host, offers);
    for (const [what, answer] of Object.entries(expected)) expect(seen[what], what).toEqual(answer);
    expect(Object.keys(seen).toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  it('is told the end of every deployment, in order', () => {
    const ended = told('deployment_success', 'id');
    expect(ended.filter((id) => CHANGES.map(deploymentOf).includes(String(id)))).toEqual(CHANGES.map(deploymentOf));
    // Besides: the creation of the app, and the kill that scaled.
    expect(ended).toHaveLength(CHANGES.length + 2);
    const failed = told('deployment_failed', 'id');
    // The plan that met the lock, what was forced over, what was ended.
    expect(failed).toEqual([expect.any(String), seen.deployments[0].id, deploymentOf('forced')]);
  });

  it('is told what became of apps and tasks', () => {
    expect(told('app_terminated_event', 'appId')).toEqual(['/clients/greedy', '/clients/tree/leaf', '/clients/web']);
    expect(told('api_post_event', 'uri')).toEqual([
      '/v2/apps',
      ...Array(4).fill('/v2/apps//clients/web'),
      '/v2/apps',
      '/v2/apps//clients/greedy',
    ]);
    expect(told('event_stream_attached', 'remoteAddress')).toEqual(['127.0.0.1']);
    expect(waysOfTasks(seen.events)).toEqual(['TASK_RUNNING > TASK_KILLING > TASK_KILLED']);
    expect(new Set(told('instance_changed_event', 'condition'))).toEqual(
      new Set(['Scheduled', 'Provisioned', 'Running', 'Killing', 'Killed', ...stagingIfSeen()]),
    );
  });

  /** Whether a task is seen while it stages is chance. */
  const stagingIfSeen = (): readonly unknown[] =>
    told('instance_changed_event', 'condition').filter((condition) => condition === 'Staging');
});

/** Contract: the same client sees how real processes become ready, healthy and sick, and leads what waits for them. */
describe('marathon-python, on health, readiness and what waits for them', () => {
  const { seen, told, deploymentOf } = judgeHealth(async () => {
    const program = await pythonPrograms();
    return [program('python'), '-B', HEALTH_SCRIPT];
  }, MARATHON_PYTHON_HEALTH_SEES);

  it('is told every failure of the sick task, and its kill', () => {
    expectFailures(seen().events);
    const instanceId = seen().sickened.split('._app')[0];
    expect(told('unhealthy_instance_kill_event')).toEqual([
      expect.objectContaining({
        appId: '/clients/sound',
        instanceId,
        taskId: seen().sickened,
        reason: '500 Internal Server Error',
      }),
    ]);
    // The client leaves out what is false: healthy, sick, and healthy again in the next incarnation.
    expect(
      told('health_status_changed_event').flatMap((event) =>
        event['instanceId'] === instanceId ? event['alive'] : [],
      ),
    ).toEqual([true, undefined, true]);
    expect(
      told('instance_health_changed_event').flatMap((event) =>
        event['instanceId'] === instanceId ? event['healthy'] : [],
      ),
    ).toEqual([true, undefined, true]);
    expect(told('add_health_check_event').length).toBeGreaterThan(0);
  });

  it('is told how every deployment ended', () => {
    const ended = told('deployment_success').map(({ id }) => id);
    expect(ended).toEqual([expect.any(String), ...['cancelled', 'forced', 'deleted'].map(deploymentOf)]);
    // The first is the plan that met the lock.
    const failed = told('deployment_failed').map(({ id }) => id);
    expect(failed).toEqual([expect.any(String), deploymentOf('updated'), seen()['forced over']]);
  });
});
