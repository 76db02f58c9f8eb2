import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ControlPlane, createControlPlane } from './control-plane.ts';

const APP = { id: '/shop', cmd: './serve', cpus: 0.1, mem: 16, instances: 1 };

describe('the history of tasks', () => {
  let plane: ControlPlane;
  beforeEach(async () => {
    plane = createControlPlane();
    await plane.request('POST', '/v2/apps', APP);
    await plane.request('POST', '/v2/apps', { ...APP, id: '/other' });
    await plane.clock.pass(10_000);
  });
  afterEach(() => expect(plane.errors).toEqual([]));

  const tasks = async (query: Readonly<Record<string, string>> = {}) => {
    const { json } = await plane.request('GET', '/stride/v1/tasks', undefined, query);
    return (json as { readonly tasks: readonly Readonly<Record<string, unknown>>[] }).tasks;
  };
  const idOf = async (app: string): Promise<string> => {
    const { json } = await plane.request('GET', `/v2/apps${app}/tasks`);
    return (json as { tasks: { id: string }[] }).tasks[0]?.id ?? '';
  };

  it('tells how a task ended, and where its output is', async () => {
    const failed = await idOf('/shop');
    const first = await idOf('/other');
    for (const task of plane.cluster.running()) plane.cluster.exit(task.sighting.arn, 137);
    await plane.clock.pass(2_000);
    expect(await tasks({ app: '/shop' })).toEqual([
      {
        id: failed,
        appId: '/shop',
        instance: failed.split('._app')[0],
        version: expect.any(String),
        host: expect.any(String),
        slaveId: expect.any(String),
        state: 'TASK_FAILED',
        started: expect.any(String),
        ended: expect.any(String),
        durationSeconds: expect.any(Number),
        exitCode: 137,
        reason: 'Command exited with status 137',
        output: {
          stdout: `/stride/v1/tasks/${failed}/files/stdout`,
          stderr: `/stride/v1/tasks/${failed}/files/stderr`,
        },
      },
    ]);
    expect((await tasks()).map(({ id }) => id).toSorted()).toEqual([failed, first].toSorted());
    expect(await tasks({ app: '/none' })).toEqual([]);
  });

  it('keeps tasks of apps that are gone', async () => {
    const killed = await idOf('/other');
    await plane.request('DELETE', '/v2/apps/other');
    await plane.clock.pass(20_000);
    expect(await tasks({ app: 'other' })).toMatchObject([{ id: killed, state: 'TASK_KILLED' }]);
  });

  it.for([
    [{ app: 'No_Id' }, { details: [{ path: '/app' }] }],
    [{ after: 'x' }, { message: 'after is not the next of an answer: leave it out for the first page' }],
  ] as const)('refuses %j', async ([query, json]) => {
    expect(await plane.request('GET', '/stride/v1/tasks', undefined, query)).toMatchObject({ status: 422, json });
  });
});
