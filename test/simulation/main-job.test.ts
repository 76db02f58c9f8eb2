import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf } from '../../lib/state/claims.ts';
import { type ControlPlane, createControlPlane } from './control-plane.ts';

const LAB = {
  id: '/hello-world',
  cpus: 0.1,
  mem: 10,
  instances: 2,
  cmd: "while [ true ]; do echo 'Hello Marathon'; sleep 5; done",
};

const countsOf = async (plane: ControlPlane): Promise<unknown> => {
  const { json } = await plane.request('GET', '/v2/apps//hello-world');
  const { app } = json as {
    app: { instances: number; tasksStaged: number; tasksRunning: number; deployments: unknown[] };
  };
  return {
    instances: app.instances,
    staged: app.tasksStaged,
    running: app.tasksRunning,
    deployments: app.deployments.length,
  };
};

describe('the main job in one process on virtual time', () => {
  let plane: ControlPlane;
  beforeEach(() => {
    plane = createControlPlane();
  });
  afterEach(() => expect(plane.errors).toEqual([]));

  it('runs what is posted, scales it, and removes it', async () => {
    expect(await plane.request('POST', '/v2/apps', LAB)).toMatchObject({ status: 201 });
    await plane.clock.pass(2_000);
    expect(await countsOf(plane)).toEqual({ instances: 2, staged: 0, running: 2, deployments: 0 });
    expect(plane.cluster.running()).toHaveLength(2);

    expect(await plane.request('PUT', '/v2/apps/hello-world', { instances: 5 })).toMatchObject({ status: 200 });
    await plane.clock.pass(2_000);
    expect(await countsOf(plane)).toEqual({ instances: 5, staged: 0, running: 5, deployments: 0 });

    expect(await plane.request('PUT', '/v2/apps/hello-world', { instances: 1 })).toMatchObject({ status: 200 });
    await plane.clock.pass(2_000);
    expect(await countsOf(plane)).toEqual({ instances: 1, staged: 0, running: 1, deployments: 0 });

    expect(await plane.request('DELETE', '/v2/apps/hello-world')).toMatchObject({ status: 200 });
    await plane.clock.pass(2_000);
    expect(await plane.request('GET', '/v2/apps/hello-world')).toMatchObject({ status: 404 });
    expect(plane.cluster.running()).toHaveLength(0);
    const agents = await plane.state.agents.list();
    expect(agents.map(({ claims }) => claimsOf(claims.value))).toEqual([[], [], []]);
    expect(await plane.state.instances.listQueue()).toEqual([]);
    expect(await plane.state.coordination.listDirty()).toEqual([]);
  });

  it('replaces a task that ends, after its backoff', async () => {
    await plane.request('POST', '/v2/apps', LAB);
    await plane.clock.pass(2_000);
    const [victim] = plane.cluster.running();
    if (victim === undefined) throw new Error('nothing runs');
    plane.cluster.exit(victim.sighting.arn, 137);
    await plane.clock.pass(900);
    expect(plane.cluster.running()).toHaveLength(1);
    await plane.clock.pass(1_100);
    expect(plane.cluster.running()).toHaveLength(2);
    const { json } = await plane.request('GET', '/v2/apps/hello-world');
    expect(json).toMatchObject({
      app: { lastTaskFailure: { state: 'TASK_FAILED', message: 'Command exited with status 137' } },
    });
    const ids = (json as { app: { tasks: { id: string }[] } }).app.tasks.map(({ id }) => id.split('.').at(-1));
    expect(ids.toSorted()).toEqual(['1', '2']);
  });

  it('publishes the deployment and the instances in Marathon’s order', async () => {
    await plane.request('POST', '/v2/apps', { ...LAB, instances: 1 });
    await plane.clock.pass(2_000);
    const told = plane.published.map((event) =>
      [event.eventType, event['taskStatus'] ?? event['condition']].filter((part) => part !== undefined).join(' '),
    );
    expect(told).toEqual([
      'api_post_event',
      'group_change_success',
      'deployment_info',
      'deployment_step_success',
      'deployment_info',
      'instance_changed_event Scheduled',
      'instance_changed_event Provisioned',
      'status_update_event TASK_STAGING',
      'instance_changed_event Staging',
      'status_update_event TASK_RUNNING',
      'instance_changed_event Running',
      'deployment_step_success',
      'deployment_success',
    ]);
  });

  it('restarts by rolling over, never below the wanted count', async () => {
    await plane.request('POST', '/v2/apps', LAB);
    await plane.clock.pass(2_000);
    const before = plane.cluster.running().map(({ sighting }) => sighting.arn);
    expect(await plane.request('POST', '/v2/apps/hello-world/restart')).toMatchObject({ status: 200 });
    for (let step = 0; step < 40; step += 1) {
      await plane.clock.pass(100);
      expect(plane.cluster.running().length).toBeGreaterThanOrEqual(2);
      expect(plane.cluster.running().length).toBeLessThanOrEqual(4);
    }
    const after = plane.cluster.running().map(({ sighting }) => sighting.arn);
    expect(after).toHaveLength(2);
    expect(after.filter((arn) => before.includes(arn))).toEqual([]);
    expect(await countsOf(plane)).toEqual({ instances: 2, staged: 0, running: 2, deployments: 0 });
  });

  it('refuses a change of a locked app, and lets a forced one through', async () => {
    await plane.request('POST', '/v2/apps', { ...LAB, cpus: 100 });
    await plane.clock.pass(1_000);
    expect(await plane.request('PUT', '/v2/apps/hello-world', { instances: 3 })).toMatchObject({
      status: 409,
      json: { deployments: [{ id: expect.any(String) }] },
    });
    expect(await plane.request('PUT', '/v2/apps/hello-world', { cpus: 0.1 }, { force: 'True' })).toMatchObject({
      status: 200,
    });
    await plane.clock.pass(3_000);
    expect(await countsOf(plane)).toEqual({ instances: 2, staged: 0, running: 2, deployments: 0 });
  });
});

describe('with every ECS event lost', () => {
  it('reaches the same state by the timer alone', async () => {
    const plane = createControlPlane({ eventDelays: () => [] });
    await plane.request('POST', '/v2/apps', LAB);
    await plane.clock.pass(130_000);
    expect(await countsOf(plane)).toEqual({ instances: 2, staged: 0, running: 2, deployments: 0 });
    await plane.request('DELETE', '/v2/apps/hello-world');
    await plane.clock.pass(130_000);
    expect(plane.cluster.running()).toHaveLength(0);
    expect(await plane.state.instances.listQueue()).toEqual([]);
    expect(plane.errors).toEqual([]);
  });
});
