import { describe, expect, it, vi } from 'vitest';
import { PATIENCE } from '../setup/patience.ts';
import { local, strikes } from './local-command.ts';
import { type AppView, appOf, taskProcesses } from './running-stride.ts';
import { type SuiteStride, strideForSuite } from './stride-for-suite.ts';

const WAIT = { timeout: PATIENCE, interval: 50 };

const anApp = (id: string) => ({ id, cpus: 0.1, mem: 10, instances: 2, cmd: 'sleep 1000' });

async function post(stride: SuiteStride, id: string): Promise<void> {
  expect((await stride.request('POST', '/v2/apps', anApp(id))).status).toBe(201);
}

/** The app's tasks, as the API, the running processes and ECS know them: no more and no less than wanted. */
async function settled(stride: SuiteStride, id: string, count: number, wait = WAIT): Promise<void> {
  await vi.waitFor(async () => {
    const { tasksRunning, deployments, tasks } = await appOf(stride, id);
    expect({ tasksRunning, deployments }).toEqual({ tasksRunning: count, deployments: [] });
    const processes = (await taskProcesses(stride.dataDirectory)).filter(
      ({ environment }) => environment.get('MARATHON_APP_ID') === id,
    );
    const running = processes.map(({ environment }) => environment.get('MESOS_TASK_ID')).toSorted();
    expect(running).toEqual(tasks.map((task) => task.id).toSorted());
  }, wait);
}

type Task = AppView['tasks'][number];

const urlOf = ({ host, ports }: Task): string => `http://${host}:${ports[0]}/`;

const answerOf = async (task: Task): Promise<string> => (await fetch(urlOf(task))).text();

/** An app whose tasks answer with the host that they were told, one on each agent. */
async function serve(stride: SuiteStride, instances: number): Promise<AppView> {
  const script =
    'const { HOST, PORT0 } = process.env;' +
    'require("http").createServer((_, answer) => answer.end(HOST)).listen(PORT0, HOST, () => console.log("serving " + HOST));';
  const cmd = `exec '${process.execPath}' -e '${script}'`;
  const app = { id: '/serving', cpus: 0.1, mem: 10, instances, cmd, constraints: [['hostname', 'UNIQUE']] };
  expect((await stride.request('POST', '/v2/apps', app)).status).toBe(201);
  return serving(stride, instances);
}

async function serving(stride: SuiteStride, count: number): Promise<AppView> {
  await settled(stride, '/serving', count);
  return vi.waitFor(async () => {
    const app = await appOf(stride, '/serving');
    expect(await Promise.all(app.tasks.map(answerOf))).toEqual(app.tasks.map(({ host }) => host));
    return app;
  }, WAIT);
}

async function remove(stride: SuiteStride, id: string): Promise<void> {
  expect((await stride.request('DELETE', `/v2/apps${id}`)).status).toBe(200);
  await vi.waitFor(async () => {
    expect((await stride.request('GET', `/v2/apps${id}`)).status).toBe(404);
    expect(await taskProcesses(stride.dataDirectory)).toEqual([]);
  }, WAIT);
}

/** Side by side, each on a system of its own, since the last one waits for a timer. */
describe.concurrent('the control plane under faults', () => {
  // Started one after the other: the first one synthesizes for all.
  const [forEcs, forAgents, forEvents] = [strideForSuite(), strideForSuite(), strideForSuite()];

  it('StartTask without an answer, throttled StartTask, doubled and shuffled events: the wanted tasks, none twice', async () => {
    const stride = forEcs;
    await local(stride, 'fault', 'set', 'ecs:StartTask', 'timeout-after', '--times', '1');
    await post(stride, '/unanswered');
    await settled(stride, '/unanswered', 2);
    expect(await strikes(stride)).toEqual(['1 of 1']);
    await local(stride, 'fault', 'clear');
    await remove(stride, '/unanswered');

    await local(stride, 'fault', 'set', 'ecs:StartTask', 'throttle', '--times', '3');
    await post(stride, '/throttled');
    await settled(stride, '/throttled', 2);
    expect(await strikes(stride)).toEqual(['3 of 3']);
    await local(stride, 'fault', 'clear');
    await remove(stride, '/throttled');

    await local(stride, 'fault', 'set', 'events', 'double', '--source', 'aws.ecs', '--ms', '300');
    await local(stride, 'fault', 'set', 'events', 'shuffle', '--source', 'aws.ecs', '--ms', '600');
    await post(stride, '/shuffled');
    await settled(stride, '/shuffled', 2);
    expect((await stride.request('PUT', '/v2/apps/shuffled', { instances: 4 })).status).toBe(200);
    await settled(stride, '/shuffled', 4);
    expect((await stride.request('POST', '/v2/apps/shuffled/restart')).status).toBe(200);
    await settled(stride, '/shuffled', 4);
    for (const struck of await strikes(stride)) expect(Number(struck)).toBeGreaterThan(8);
    await remove(stride, '/shuffled');
  }, 120_000);

  it('a machine without power: its tasks are silent, the others go on, and its return brings them back', async () => {
    const stride = forAgents;
    const { tasks: before } = await serve(stride, 3);
    const lost = before.find(({ host }) => host === '127.0.0.11');
    if (lost === undefined) throw new Error('no task on 127.0.0.11');
    const log = local(stride, 'log', lost.id, '--follow');

    await local(stride, 'agent', 'kill', '127.0.0.11');
    await expect(fetch(urlOf(lost))).rejects.toThrow();
    expect(await log).toEqual(['serving 127.0.0.11']);
    const others = before.filter((task) => task !== lost);
    expect(await Promise.all(others.map(answerOf))).toEqual(others.map(({ host }) => host));

    await local(stride, 'agent', 'return', '127.0.0.11');
    const { tasks: after } = await serving(stride, 3);
    expect(after.map(({ id }) => id)).toEqual(expect.arrayContaining(others.map(({ id }) => id)));
    expect(after.map(({ id }) => id)).not.toContain(lost.id);

    await local(stride, 'agent', 'drain', '127.0.0.12');
    await post(stride, '/elsewhere');
    await settled(stride, '/elsewhere', 2);
    expect((await appOf(stride, '/elsewhere')).tasks.map(({ host }) => host)).not.toContain('127.0.0.12');
    // ECS leaves tasks of others than its services where they are (aws.md §1.4).
    expect((await serving(stride, 3)).tasks.map(({ id }) => id).toSorted()).toEqual(
      after.map(({ id }) => id).toSorted(),
    );

    await local(stride, 'agent', 'add', '{"host": "127.0.0.14", "ports": ["30900-30920"]}');
    expect((await stride.request('PUT', '/v2/apps/serving', { instances: 4 })).status).toBe(200);
    const { tasks: grown } = await serving(stride, 4);
    expect(grown.map(({ host }) => host).toSorted()).toEqual(['127.0.0.11', '127.0.0.12', '127.0.0.13', '127.0.0.14']);
  }, 120_000);

  it('all events of ECS lost: the timer reaches the same state in about a minute', async () => {
    const stride = forEvents;
    await local(stride, 'fault', 'set', 'events', 'lose', '--source', 'aws.ecs');
    await post(stride, '/untold');
    await settled(stride, '/untold', 2, { timeout: 75_000, interval: 100 });
    expect(Number((await strikes(stride))[0])).toBeGreaterThan(0);
  }, 120_000);
});
