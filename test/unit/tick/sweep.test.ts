import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../../lib/gateways/cluster.ts';
import type { ContainerInstanceArn, LaunchId } from '../../../lib/model/ids.ts';
import { NO_RESOURCES } from '../../../lib/model/resources.ts';
import { type ControlPlane, createControlPlane } from '../../simulation/control-plane.ts';

const APP = { id: '/web', cmd: './serve', cpus: 1, mem: 128, instances: 2 };
const foreignOf = async (plane: ControlPlane) =>
  (await plane.state.agents.list()).map(({ facts }) => facts?.value.foreign);

/** Runs a task on the cluster that no instance knows. */
function startStray(cluster: Cluster, group: string, launch: string) {
  return cluster.startTask({
    taskDefinitionArn: 'arn',
    containerInstance: 'arn:aws:ecs:local:0:container-instance/stride/0' as ContainerInstanceArn,
    launch: launch as LaunchId,
    group,
    container: { name: 'app', command: [], environment: {}, cpu: 1_024, memory: 256 },
  });
}

describe('the sweep', () => {
  it('counts what others run on an agent, and nothing of ours', async () => {
    const plane = createControlPlane({ agents: 1 });
    await plane.request('POST', '/v2/apps', APP);
    await startStray(plane.cluster, 'service:other', 'not-ours');
    await plane.clock.pass(61_000);
    expect(await foreignOf(plane)).toEqual([{ cpus: 1, mem: 256, disk: 0, gpus: 0 }]);
  });

  it('takes tasks of ours that are on their way out for ours', async () => {
    const plane = createControlPlane({ agents: 1 });
    await plane.request('POST', '/v2/apps', APP);
    await plane.clock.pass(59_900);
    const [victim] = plane.cluster.running();
    if (victim === undefined) throw new Error('nothing runs');
    // By hand, just before the walk: it is no longer listed, and still takes its resources.
    await plane.cluster.stopTask(victim.sighting.arn, 'by hand');
    await plane.clock.pass(5_000);
    expect(await foreignOf(plane)).toEqual([NO_RESOURCES]);
  });

  it('leaves tasks of others alone, and stops those of ours that nobody knows when they are old', async () => {
    const plane = createControlPlane({ agents: 1 });
    await startStray(plane.cluster, 'service:other', 'not-ours');
    await startStray(plane.cluster, 'stride:stride', 'of-nobody');
    await startStray(plane.cluster, 'stride:other', 'of-another-scheduler');
    await plane.clock.pass(290_000);
    expect(plane.cluster.running()).toHaveLength(3);
    await plane.clock.pass(130_000);
    expect(plane.cluster.running().map(({ request }) => request.launch)).toEqual(['not-ours', 'of-another-scheduler']);
  });

  it('learns of ends that no event told, and replaces them', async () => {
    const plane = createControlPlane({ agents: 1, eventDelays: () => [] });
    await plane.request('POST', '/v2/apps', APP);
    await plane.clock.pass(130_000);
    const [victim] = plane.cluster.running();
    if (victim === undefined) throw new Error('nothing runs');
    plane.cluster.exit(victim.sighting.arn, 1);
    await plane.clock.pass(125_000);
    expect(plane.cluster.running()).toHaveLength(2);
    expect(await plane.request('GET', '/v2/apps/web')).toMatchObject({
      json: { app: { lastTaskFailure: { message: 'Command exited with status 1' } } },
    });
  });

  /** ECS that does not know some tasks when asked. */
  const forgetful = (
    knows: (plane: ControlPlane, startedAt: number) => boolean,
    eventDelays: () => readonly number[],
  ) => {
    const plane: ControlPlane = createControlPlane({
      agents: 1,
      eventDelays,
      gatewaysOf: (_process, real) => {
        const visible = <T extends { readonly createdAt?: number }>(all: readonly T[]): readonly T[] =>
          all.filter(({ createdAt = 0 }) => knows(plane, createdAt));
        return {
          store: real.store,
          cluster: {
            ...real.cluster,
            describeTasks: async (arns) => visible(await real.cluster.describeTasks(arns)),
            listTasks: async () => visible(await real.cluster.listTasks()),
          },
        };
      },
    });
    return plane;
  };

  it('does not give up a young task that ECS does not know yet: answers lag behind starts', async () => {
    const plane = forgetful(
      ({ clock }, createdAt) => clock.now() - createdAt > 30_000,
      () => [5],
    );
    await plane.clock.pass(59_500);
    await plane.request('POST', '/v2/apps', APP);
    await plane.clock.pass(200_000);
    expect(plane.cluster.tasks.size).toBe(2);
    expect(await plane.request('GET', '/v2/apps/web')).toMatchObject({ json: { app: { tasksRunning: 2 } } });
  });

  it('gives up a task that ECS has known and forgotten', async () => {
    let forgotten = false;
    const plane = forgetful(
      () => !forgotten,
      () => [5],
    );
    await plane.request('POST', '/v2/apps', { ...APP, instances: 1 });
    await plane.clock.pass(110_000);
    forgotten = true;
    await plane.clock.pass(12_000);
    forgotten = false;
    await plane.clock.pass(5_000);
    const { json } = await plane.request('GET', '/v2/apps/web');
    expect(json).toMatchObject({
      app: { lastTaskFailure: { state: 'TASK_GONE', message: 'ECS does not know the task' } },
    });
    // What it took for gone ran on, superseded: the next walk stops it.
    await plane.clock.pass(70_000);
    expect(plane.cluster.running()).toHaveLength(1);
  });
});
