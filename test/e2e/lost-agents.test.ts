import { describe, expect, it, vi } from 'vitest';
import { PATIENCE } from '../setup/patience.ts';
import { local } from './local-command.ts';
import { type AppView, appOf, taskProcesses } from './running-stride.ts';
import { strideForSuite } from './stride-for-suite.ts';

const WAIT = { timeout: PATIENCE, interval: 50 };
const APP = { cmd: 'exec sleep 1000', cpus: 0.1, mem: 10, instances: 3, constraints: [['hostname', 'UNIQUE']] };

/** What becomes of tasks when agents are lost, come back, or are to be emptied. Agents count as lost after a second. */
describe('agents that go', () => {
  const stride = strideForSuite('--agents', '4', '-c', 'stride:agentTimeoutSeconds=1');

  const until = (id: string, expected: (app: AppView) => void): Promise<AppView> =>
    vi.waitFor(async () => {
      const app = await appOf(stride, id);
      expected(app);
      return app;
    }, WAIT);
  const running = (id: string, count: number) =>
    until(id, ({ tasks, deployments }) => {
      expect(deployments).toEqual([]);
      expect(tasks.map(({ state }) => state)).toEqual(Array(count).fill('TASK_RUNNING'));
    });
  async function deploy(id: string, fields: object = {}): Promise<AppView['tasks'][number]> {
    expect((await stride.request('POST', '/v2/apps', { ...APP, ...fields, id })).status).toBe(201);
    const [task] = (await running(id, 3)).tasks;
    if (task === undefined) throw new Error('nothing runs');
    return task;
  }
  const processes = async (): Promise<number> => (await taskProcesses(stride.dataDirectory)).length;
  const remove = async (id: string): Promise<void> => {
    expect((await stride.request('DELETE', `/v2/apps${id}`)).status).toBe(200);
    await vi.waitFor(async () => expect(await processes()).toBe(0), WAIT);
  };

  it('a killed one: its instances are unreachable, then replaced elsewhere as the strategy says', async () => {
    const lost = await deploy('/killed', { unreachableStrategy: { inactiveAfterSeconds: 3, expungeAfterSeconds: 6 } });
    await local(stride, 'agent', 'kill', lost.host);
    await until('/killed', ({ tasks }) =>
      expect(tasks.filter(({ state }) => state === 'TASK_UNREACHABLE').map(({ id }) => id)).toEqual([lost.id]),
    );
    const { tasks } = await running('/killed', 3);
    expect(tasks.map(({ host }) => host)).not.toContain(lost.host);
    await local(stride, 'agent', 'return', lost.host);
    await remove('/killed');
  });

  it('one that was only cut off: of the surplus the younger goes when it is back', async () => {
    const lost = await deploy('/cut', { unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 3600 } });
    await local(stride, 'agent', 'disconnect', lost.host);
    await until('/cut', ({ tasks }) =>
      expect(tasks.map(({ state }) => state).toSorted()).toEqual([
        ...Array(3).fill('TASK_RUNNING'),
        'TASK_UNREACHABLE',
      ]),
    );
    expect(await processes()).toBe(4);
    await local(stride, 'agent', 'connect', lost.host);
    const { tasks } = await running('/cut', 3);
    expect(tasks.map(({ id }) => id)).toContain(lost.id);
    await vi.waitFor(async () => expect(await processes()).toBe(3), WAIT);
    await remove('/cut');
  });

  it('one to be emptied: each task runs elsewhere before it is stopped', async () => {
    const { host } = await deploy('/moved');
    let fewest = 3;
    await local(stride, 'agent', 'drain', host);
    await until('/moved', ({ tasks }) => {
      fewest = Math.min(fewest, tasks.filter(({ state }) => state === 'TASK_RUNNING').length);
      expect(tasks).toHaveLength(3);
      expect(tasks.map((task) => task.host)).not.toContain(host);
    });
    expect(fewest).toBe(3);
    await local(stride, 'agent', 'undrain', host);
    await remove('/moved');
  });
});
