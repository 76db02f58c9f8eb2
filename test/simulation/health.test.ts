import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { resolvePathId } from '../../lib/model/path-id.ts';
import { type ControlPlane, createControlPlane } from './control-plane.ts';
import { CHECK } from './health-watch.ts';

const APP = { id: '/web', cmd: './serve', cpus: 0.1, mem: 32, instances: 3, healthChecks: [CHECK] };
const shown = z.object({
  app: z.looseObject({
    tasksRunning: z.number(),
    tasksHealthy: z.number(),
    tasksUnhealthy: z.number(),
    deployments: z.array(z.unknown()),
    lastTaskFailure: z.looseObject({ state: z.string(), message: z.string() }).optional(),
    tasks: z.array(z.looseObject({ id: z.string(), healthCheckResults: z.array(z.looseObject({})) })),
  }),
});

describe('health in one process on virtual time', () => {
  let plane: ControlPlane;
  beforeEach(() => {
    plane = createControlPlane();
  });
  afterEach(() => {
    expect(plane.errors).toEqual([]);
    expect(plane.monitor.violations()).toEqual([]);
  });

  const show = async (app = '/web') => shown.parse((await plane.request('GET', `/v2/apps${app}`)).json).app;
  const eventsOf = (...types: readonly string[]) =>
    plane.published.filter(({ eventType }) => types.includes(eventType));

  it('a deployment waits until its tasks are healthy', async () => {
    await plane.request('POST', '/v2/apps', APP);
    await plane.clock.pass(1_000);
    const young = await show();
    expect(young).toMatchObject({ tasksRunning: 3, deployments: [{}] });
    expect(young.tasksHealthy).toBeLessThan(3);
    await plane.clock.pass(10_000);
    expect(await show()).toMatchObject({ tasksHealthy: 3, tasksUnhealthy: 0, deployments: [] });
    expect(eventsOf('health_status_changed_event')).toHaveLength(3);
    expect(eventsOf('add_health_check_event')).toMatchObject([{ appId: '/web' }, { appId: '/web' }]);
  });

  it('tells when the checks of a definition are run no longer', async () => {
    await plane.request('POST', '/v2/apps', { ...APP, healthChecks: [CHECK, { ...CHECK, path: '/other' }] });
    await plane.clock.pass(10_000);
    await plane.request('PUT', '/v2/apps/web', { instances: 4 });
    await plane.clock.pass(10_000);
    expect(eventsOf('remove_health_check_event')).toEqual([]);
    await plane.request('PUT', '/v2/apps/web', { cmd: './serve --better', healthChecks: [CHECK] });
    await plane.clock.pass(20_000);
    const gone = expect.objectContaining({ appId: '/web' });
    expect(eventsOf('remove_health_check_event')).toEqual([gone, gone]);
    await plane.request('DELETE', '/v2/apps/web');
    await plane.clock.pass(10_000);
    expect(eventsOf('remove_health_check_event')).toEqual([gone, gone, gone]);
    expect(Object.keys(eventsOf('remove_health_check_event')[0] ?? {}).toSorted()).toEqual([
      'appId',
      'eventType',
      'timestamp',
    ]);
  });

  it('a task that begins to fail is killed after exactly that many failures, and replaced', async () => {
    await plane.request('POST', '/v2/apps', APP);
    await plane.clock.pass(15_000);
    const [victim] = plane.cluster.running();
    if (victim === undefined) throw new Error('nothing runs');
    plane.cluster.setSick(victim.sighting.arn, true);
    await plane.clock.pass(9_000);
    expect(await show()).toMatchObject({ tasksHealthy: 2, tasksUnhealthy: 1 });
    await plane.clock.pass(20_000);
    expect(eventsOf('failed_health_check_event')).toHaveLength(CHECK.maxConsecutiveFailures);
    expect(eventsOf('unhealthy_instance_kill_event')).toMatchObject([{ appId: '/web', reason: '500' }]);
    expect(plane.cluster.tasks.size).toBe(4);
    const app = await show();
    expect(app).toMatchObject({
      tasksHealthy: 3,
      tasksUnhealthy: 0,
      lastTaskFailure: {
        state: 'TASK_KILLED',
        message: 'Task was killed since health check failed. Reason: 500',
      },
    });
    expect(app.tasks.map(({ id }) => id.split('.').at(-1)).toSorted()).toEqual(['1', '1', '2']);
  });

  it('a check shows what it finds and decides nothing', async () => {
    const check = { http: { path: '/check' }, intervalSeconds: 5, timeoutSeconds: 2, delaySeconds: 0 };
    await plane.request('POST', '/v2/apps', { ...APP, healthChecks: [], check });
    await plane.clock.pass(15_000);
    const [sick] = plane.cluster.running();
    if (sick === undefined) throw new Error('nothing runs');
    plane.cluster.setSick(sick.sighting.arn, true);
    await plane.clock.pass(60_000);
    const { tasks } = z
      .object({ tasks: z.array(z.looseObject({ checkResult: z.unknown(), healthCheckResults: z.unknown() })) })
      .parse((await plane.request('GET', '/v2/tasks')).json);
    const results = tasks.map(({ checkResult }) => checkResult);
    expect(results).toHaveLength(3);
    expect(results).toEqual(expect.arrayContaining([{ http: { statusCode: 500 } }, { http: { statusCode: 200 } }]));
    expect(await show()).toMatchObject({ tasksRunning: 3, tasksHealthy: 0, tasksUnhealthy: 0, deployments: [] });
    expect(plane.cluster.tasks.size).toBe(3);
  });

  it('tasks that were launched before their checks were run are asked, and unknown until then', async () => {
    await plane.request('POST', '/v2/apps', APP);
    await plane.clock.pass(20);
    const runSpec = resolvePathId('/web');
    const launched = await plane.state.instances.list(runSpec);
    expect(launched).toHaveLength(3);
    for (const { value, rev } of launched) {
      const old = { ...value, health: [], readiness: [] };
      await plane.state.instances.replace(old, rev, { events: [], dirty: [runSpec], wake: true });
    }
    await plane.clock.pass(15_000);
    expect(await show()).toMatchObject({ tasksRunning: 3, tasksHealthy: 3, tasksUnhealthy: 0, deployments: [] });
  });

  it('an upgrade to a version that never becomes healthy keeps the old one', async () => {
    await plane.request('POST', '/v2/apps', {
      ...APP,
      upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
    });
    await plane.clock.pass(15_000);
    const old = new Set(plane.cluster.running().map(({ sighting }) => sighting.arn));
    await plane.request('PUT', '/v2/apps/web', { env: { SICK: 'yes' } });
    await plane.clock.pass(120_000);
    const left = plane.cluster.running().filter(({ sighting }) => old.has(sighting.arn));
    expect(left).toHaveLength(3);
    expect((await show()).deployments).toHaveLength(1);
  });

  it('a group starts what depends on others when those are healthy', async () => {
    const layer = (id: string, dependencies: readonly string[]) => ({ ...APP, id, dependencies, instances: 1 });
    await plane.request('POST', '/v2/groups', {
      id: '/shop',
      apps: [layer('app', ['/shop/db']), layer('db', [])],
    });
    for (let second = 0; second < 30; second += 1) {
      const [db, app] = [await show('/shop/db'), await show('/shop/app')];
      if (app.tasks.length > 0) {
        expect(db).toMatchObject({ tasksHealthy: 1 });
        return;
      }
      await plane.clock.pass(500);
    }
    throw new Error('the app layer did not start');
  });

  it('no prober runs for apps without such checks', async () => {
    await plane.request('POST', '/v2/apps', { ...APP, healthChecks: [] });
    await plane.clock.pass(5 * 60_000);
    expect(await plane.state.probing.list()).toEqual({ marks: [], leases: [] });
    await plane.request('PUT', '/v2/apps/web', { healthChecks: [CHECK] });
    await plane.clock.pass(60_000);
    expect(await plane.state.probing.list()).toMatchObject({ marks: [{ runSpec: '/web' }], leases: [{ shard: 0 }] });
    await plane.request('DELETE', '/v2/apps/web');
    await plane.clock.pass(5 * 60_000);
    expect(await plane.state.probing.list()).toMatchObject({ marks: [], leases: [{ owner: '' }] });
  });
});
