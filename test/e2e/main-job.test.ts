import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PATIENCE } from '../setup/patience.ts';
import { followEvents } from './event-reader.ts';
import { appOf, taskProcesses } from './running-stride.ts';
import { strideForSuite } from './stride-for-suite.ts';

/** The training deck's first lab. */
const LAB = {
  id: '/hello-world',
  cpus: 0.1,
  mem: 10,
  instances: 2,
  cmd: "while [ true ]; do echo 'Hello Marathon'; sleep 5; done",
};

const WAIT = { timeout: PATIENCE, interval: 20 };

describe('the main job on real processes', () => {
  const stride = strideForSuite();
  let events: Awaited<ReturnType<typeof followEvents>>;

  const running = (count: number): Promise<void> =>
    vi.waitFor(async () => {
      const app = await appOf(stride, LAB.id);
      expect({ running: app.tasksRunning, deployments: app.deployments.length }).toEqual({
        running: count,
        deployments: 0,
      });
      expect(await taskProcesses(stride.directory)).toHaveLength(count);
    }, WAIT);

  beforeAll(async () => {
    events = await followEvents(stride.url);
  });
  afterAll(async () => {
    await events?.close();
  });

  it('sends the headers of the event stream at once', () => {
    expect(events.response.status).toBe(200);
    expect(events.response.headers.get('content-type')).toBe('text/event-stream;charset=utf-8');
  });

  it('creates the app with Marathon’s answer', async () => {
    const { status, headers, json } = await stride.request('POST', '/v2/apps', LAB);
    expect(status).toBe(201);
    const created = json as { deployments: { id: string }[] };
    expect(headers.get('marathon-deployment-id')).toBe(created.deployments[0]?.id);
    expect(headers.get('location')).toBe('/hello-world');
    expect(json).toMatchObject({
      id: '/hello-world',
      instances: 2,
      tasksRunning: 0,
      version: expect.stringMatching(/Z$/),
    });
    await running(2);
  });

  it('gives each task its sandbox, its output and the whole environment', async () => {
    const { tasks } = await appOf(stride, LAB.id);
    const processes = await taskProcesses(stride.directory);
    expect(processes.map(({ environment }) => environment.get('MESOS_TASK_ID')).toSorted()).toEqual(
      tasks.map(({ id }) => id).toSorted(),
    );
    for (const { environment } of processes) {
      const task = tasks.find(({ id }) => id === environment.get('MESOS_TASK_ID'));
      const [port] = task?.ports ?? [];
      expect(Object.fromEntries(environment)).toMatchObject({
        MARATHON_APP_ID: '/hello-world',
        MARATHON_APP_RESOURCE_CPUS: '0.1',
        MARATHON_APP_RESOURCE_MEM: '10.0',
        HOST: task?.host,
        PORT0: String(port),
        PORTS: String(port),
      });
      expect([...environment.keys()].filter((name) => name.startsWith('AWS_'))).toEqual([]);
      const sandbox = environment.get('MESOS_SANDBOX') ?? '';
      await vi.waitFor(
        async () => expect(await readFile(join(sandbox, 'stdout'), 'utf8')).toContain('Hello Marathon\n'),
        WAIT,
      );
    }
  });

  it('replaces a task that was killed, in the same instance with the next incarnation', async () => {
    const [victim] = await taskProcesses(stride.directory);
    if (victim === undefined) throw new Error('nothing runs');
    const taskId = victim.environment.get('MESOS_TASK_ID') ?? '';
    process.kill(victim.pid, 'SIGKILL');
    await vi.waitFor(async () => {
      const ids = (await appOf(stride, LAB.id)).tasks.map(({ id }) => id);
      expect(ids).toContain(taskId.replace(/\.1$/, '.2'));
    }, WAIT);
    await running(2);
    expect((await appOf(stride, LAB.id)).lastTaskFailure).toMatchObject({
      state: 'TASK_FAILED',
      message: 'Command exited with status 137',
      taskId,
    });
  });

  it('scales up and down', async () => {
    expect((await stride.request('PUT', '/v2/apps/hello-world', { instances: 5 })).status).toBe(200);
    await running(5);
    expect((await stride.request('PUT', '/v2/apps//hello-world', { instances: 1 })).status).toBe(200);
    await running(1);
  });

  it('lists versions, newest first, and shows each', async () => {
    const { json } = await stride.request('GET', '/v2/apps/hello-world/versions');
    const { versions } = json as { versions: string[] };
    const counts = await Promise.all(
      versions.map(async (version) => {
        const answer = await stride.request('GET', `/v2/apps/hello-world/versions/${version}`);
        return (answer.json as { instances: number }).instances;
      }),
    );
    expect(counts).toEqual([1, 5, 2]);
  });

  it('restarts by rolling over to new tasks', async () => {
    const before = (await appOf(stride, LAB.id)).tasks.map(({ id }) => id);
    expect((await stride.request('POST', '/v2/apps/hello-world/restart')).status).toBe(200);
    await vi.waitFor(async () => {
      const { tasks, deployments } = await appOf(stride, LAB.id);
      expect(deployments).toEqual([]);
      expect(tasks.filter(({ id }) => before.includes(id))).toEqual([]);
    }, WAIT);
    await running(1);
  });

  it('removes everything with the app', async () => {
    expect((await stride.request('DELETE', '/v2/apps/hello-world')).status).toBe(200);
    await vi.waitFor(async () => expect(await taskProcesses(stride.directory)).toEqual([]), WAIT);
    await vi.waitFor(async () => expect((await stride.request('GET', '/v2/deployments')).json).toEqual([]), WAIT);
    expect(await stride.request('GET', '/v2/apps/hello-world')).toMatchObject({
      status: 404,
      json: { message: "App '/hello-world' does not exist" },
    });
    expect((await stride.request('GET', '/v2/apps')).json).toEqual({ apps: [] });
  });

  it('told all of it on the stream, with Marathon’s fields and keep-alive lines', async () => {
    await events.until(({ type }) => type === 'app_terminated_event');
    await vi.waitFor(
      () => expect(events.events.filter(({ type }) => type === 'deployment_success')).toHaveLength(5),
      WAIT,
    );
    expect(events.events[0]).toMatchObject({ type: 'event_stream_attached', data: { remoteAddress: '127.0.0.1' } });
    expect(events.events.map(({ id }) => id)).toEqual(events.events.map(({ id }) => id).toSorted((a, b) => a - b));
    for (const { type, data } of events.events) {
      expect(data).toMatchObject({ eventType: type, timestamp: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) });
    }
    const failed = events.events.find(({ data }) => data['taskStatus'] === 'TASK_FAILED');
    expect(Object.keys(failed?.data ?? {}).toSorted()).toEqual([
      'appId',
      'eventType',
      'host',
      'ipAddresses',
      'message',
      'ports',
      'slaveId',
      'taskId',
      'taskStatus',
      'timestamp',
      'version',
    ]);
    expect(events.events.find(({ type }) => type === 'api_post_event')?.data).toMatchObject({
      clientIp: '127.0.0.1',
      uri: '/v2/apps',
      appDefinition: { id: '/hello-world', instances: 2 },
    });
    await vi.waitFor(() => expect(events.raw()).toMatch(/\r\n\r\n\r\n/), { timeout: PATIENCE, interval: 100 });
  });

  it('resumes a stream after the last event that a reader saw, and filters by type', async () => {
    const middle = events.events[3]?.id ?? 0;
    const resumed = await followEvents(stride.url, '?event_type=deployment_success', {
      'Last-Event-ID': String(middle),
    });
    await vi.waitFor(() => expect(resumed.events).toHaveLength(5), WAIT);
    expect(new Set(resumed.events.map(({ type }) => type))).toEqual(new Set(['deployment_success']));
    await resumed.close();
  });
});
