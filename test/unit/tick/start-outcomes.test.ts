import { describe, expect, it } from 'vitest';
import type { Cluster, StartOutcome } from '../../../lib/gateways/cluster.ts';
import type { StartTaskRequest } from '../../../lib/model/task.ts';
import { claimsOf } from '../../../lib/state/claims.ts';
import { createControlPlane } from '../../simulation/control-plane.ts';

const APP = { id: '/web', cmd: './serve', cpus: 1, mem: 128 };

interface Attempt {
  readonly request: StartTaskRequest;
  readonly at: number;
}

/** A system whose StartTask answers as told: the first attempts by the list, all others as ECS does. */
function planeWith(
  answers: readonly ((cluster: Cluster, request: StartTaskRequest) => Promise<StartOutcome>)[],
  eventDelays: () => readonly number[] = () => [5],
) {
  const attempts: Attempt[] = [];
  const plane = createControlPlane({
    agents: 2,
    eventDelays,
    gatewaysOf: (_process, real) => ({
      store: real.store,
      cluster: {
        ...real.cluster,
        startTask: (request) => {
          attempts.push({ request, at: plane.clock.now() });
          const answer = answers[attempts.length - 1];
          return answer === undefined ? real.cluster.startTask(request) : answer(real.cluster, request);
        },
      },
    }),
  });
  return { plane, attempts };
}
const refused =
  (reason: string, detail = '') =>
  async (): Promise<StartOutcome> => ({ kind: 'refused', reason, detail });
const taskOf = async (plane: ReturnType<typeof createControlPlane>): Promise<Readonly<Record<string, unknown>>> => {
  const { json } = await plane.request('GET', '/v2/apps/web');
  return (json as { app: Readonly<Record<string, unknown>> }).app;
};

describe('StartTask', () => {
  it.for(['RESOURCE:CPU', 'RESOURCE:MEMORY', 'RESOURCE:PORTS', 'AGENT', 'MISSING', 'INACTIVE'])(
    'refused for %s: placed elsewhere at once, without a delay and without a failure',
    async (reason) => {
      const { plane, attempts } = planeWith([refused(reason)]);
      await plane.request('POST', '/v2/apps', APP);
      await plane.clock.pass(2_000);
      expect(plane.cluster.running()).toHaveLength(1);
      expect(attempts.map(({ request }) => request.containerInstance)).toHaveLength(2);
      expect(attempts[1]?.request.containerInstance).not.toBe(attempts[0]?.request.containerInstance);
      expect(attempts[1]?.request.launch).not.toBe(attempts[0]?.request.launch);
      const app = await taskOf(plane);
      expect(app).not.toHaveProperty('lastTaskFailure');
      // The refused launch was never shown by a task: its number is used again.
      expect(app['tasks']).toMatchObject([{ id: expect.stringMatching(/\._app\.1$/) }]);
      expect(plane.monitor.violations()).toEqual([]);
    },
  );

  it('refused for what the app asks: an error of the task, then tried again after the delay', async () => {
    const { plane, attempts } = planeWith([refused('ATTRIBUTE', 'gpu')]);
    await plane.request('POST', '/v2/apps', APP);
    await plane.clock.pass(900);
    expect(attempts).toHaveLength(1);
    expect(await taskOf(plane)).toMatchObject({ lastTaskFailure: { state: 'TASK_ERROR', message: 'ATTRIBUTE: gpu' } });
    await plane.clock.pass(1_500);
    expect(plane.cluster.running()).toHaveLength(1);
    expect((attempts[1]?.at ?? 0) - (attempts[0]?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  it('throttled: tried again a second later, with a launch of its own', async () => {
    const { plane, attempts } = planeWith([async () => ({ kind: 'throttled' })]);
    await plane.request('POST', '/v2/apps', APP);
    await plane.clock.pass(3_000);
    expect(plane.cluster.running()).toHaveLength(1);
    expect((attempts[1]?.at ?? 0) - (attempts[0]?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
    expect(await taskOf(plane)).not.toHaveProperty('lastTaskFailure');
  });

  const silentAfterStart = async (cluster: Cluster, request: StartTaskRequest): Promise<StartOutcome> => {
    await cluster.startTask(request);
    return { kind: 'unknown', detail: 'timed out' };
  };

  it('without an answer, the task started: its first event settles it', async () => {
    const { plane, attempts } = planeWith([silentAfterStart]);
    await plane.request('POST', '/v2/apps', APP);
    await plane.clock.pass(1_000);
    expect(await taskOf(plane)).toMatchObject({ tasksRunning: 1, deployments: [] });
    expect(attempts).toHaveLength(1);
  });

  it('without an answer and without events: looked for by its launch after five seconds', async () => {
    const { plane, attempts } = planeWith([silentAfterStart], () => []);
    await plane.clock.pass(1_000);
    await plane.request('POST', '/v2/apps', APP);
    await plane.clock.pass(4_500);
    expect(await taskOf(plane)).toMatchObject({ tasksRunning: 0 });
    await plane.clock.pass(1_000);
    expect(await taskOf(plane)).toMatchObject({ tasksRunning: 1 });
    expect(attempts).toHaveLength(1);
    expect(plane.monitor.mostLive()).toBe(1);
  });

  it('without an answer and nothing started: a new launch after 75 seconds of silence, no sooner', async () => {
    const { plane, attempts } = planeWith([async () => ({ kind: 'unknown', detail: 'timed out' })]);
    await plane.request('POST', '/v2/apps', APP);
    await plane.clock.pass(74_000);
    expect(attempts).toHaveLength(1);
    await plane.clock.pass(3_000);
    expect(attempts).toHaveLength(2);
    expect(plane.cluster.running()).toHaveLength(1);
    expect(attempts[1]?.request.launch).not.toBe(attempts[0]?.request.launch);
    expect((await plane.state.agents.list()).flatMap(({ claims }) => claimsOf(claims.value))).toHaveLength(1);
  });

  it('refused by every agent: waits, and goes on when one takes it', async () => {
    const { plane, attempts } = planeWith([refused('RESOURCE:CPU'), refused('RESOURCE:CPU')]);
    await plane.request('POST', '/v2/apps', APP);
    await plane.clock.pass(2_000);
    expect(attempts).toHaveLength(2);
    await plane.clock.pass(10_000);
    expect(plane.cluster.running()).toHaveLength(1);
    expect(attempts).toHaveLength(3);
  });

  it('of a definition that ECS refuses holds up no other app', async () => {
    const plane = createControlPlane({
      gatewaysOf: (_process, real) => ({
        store: real.store,
        cluster: {
          ...real.cluster,
          ensureTaskDefinition: async (definition) => {
            if (definition.container.image === 'refused') throw new Error('ClientException: no');
            return real.cluster.ensureTaskDefinition(definition);
          },
        },
      }),
    });
    await plane.request('POST', '/v2/apps', {
      ...APP,
      id: '/bad',
      container: { type: 'DOCKER', docker: { image: 'refused' } },
    });
    await plane.request('POST', '/v2/apps', APP);
    await plane.clock.pass(2_000);
    expect(await taskOf(plane)).toMatchObject({ tasksRunning: 1 });
    expect(plane.errors.length).toBeGreaterThan(0);
    expect(new Set(plane.errors)).toEqual(new Set(['task definition refused: ClientException: no']));
  });
});
