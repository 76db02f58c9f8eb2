import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { PATIENCE } from '../setup/patience.ts';
import { healthServerCommand } from './health-server.ts';
import { taskProcesses } from './running-stride.ts';
import { strideForSuite } from './stride-for-suite.ts';

const WAIT = { timeout: PATIENCE, interval: 50 };
const CHECK = {
  protocol: 'HTTP',
  path: '/health',
  portIndex: 0,
  gracePeriodSeconds: 5,
  intervalSeconds: 1,
  timeoutSeconds: 2,
  maxConsecutiveFailures: 3,
};

const shownApp = z.object({
  app: z.object({
    instances: z.number(),
    tasksRunning: z.number(),
    tasksHealthy: z.number(),
    tasksUnhealthy: z.number(),
    deployments: z.array(z.unknown()),
    lastTaskFailure: z.object({ state: z.string(), message: z.string() }).optional(),
    tasks: z.array(
      z.object({
        id: z.string(),
        host: z.string(),
        ports: z.array(z.number()),
        healthCheckResults: z.array(z.object({ alive: z.boolean(), consecutiveFailures: z.number() })),
      }),
    ),
  }),
});
const shownChecks = z.object({
  tasks: z.array(z.object({ appId: z.string(), id: z.string(), checkResult: z.unknown().optional() })),
});
const shownDeployments = z.array(
  z.object({
    currentActions: z.array(
      z.object({ app: z.string(), readinessCheckResults: z.array(z.object({ name: z.string(), ready: z.boolean() })) }),
    ),
  }),
);

/** The deck's labs on health, on real processes asked over the network. */
describe.concurrent('health', () => {
  const stride = strideForSuite();

  const file = (name: string): string => join(stride.directory, name);
  const serverApp = (id: string, fields: object) => ({
    id,
    cpus: 0.1,
    mem: 32,
    instances: 1,
    cmd: healthServerCommand(file(`failures${id.replaceAll('/', '-')}`), file('ready')),
    portDefinitions: [{ port: 0, name: 'http' }],
    ...fields,
  });
  const show = async (id: string) => shownApp.parse((await stride.request('GET', `/v2/apps/${id}`)).json).app;
  const healthy = (id: string, count: number) =>
    vi.waitFor(async () => {
      const app = await show(id);
      expect(app).toMatchObject({ tasksHealthy: count, tasksUnhealthy: 0, deployments: [] });
      return app;
    }, WAIT);
  /** The ids of the tasks that run as processes. */
  const processesOf = async (id: string) =>
    (await taskProcesses(stride.dataDirectory))
      .filter(({ environment }) => environment.get('MARATHON_APP_ID') === id)
      .map(({ environment }) => environment.get('MESOS_TASK_ID'));

  it('lab 5D: a task that becomes unhealthy is killed at the third failure and replaced', async () => {
    const posted = await stride.request('POST', '/v2/apps', serverApp('/toggle', { healthChecks: [CHECK] }));
    expect(posted.status).toBe(201);
    const [task] = (await healthy('/toggle', 1)).tasks;
    if (task === undefined) throw new Error('no task');
    expect(task.healthCheckResults).toEqual([{ alive: true, consecutiveFailures: 0 }]);
    await fetch(`http://${task.host}:${task.ports[0]}/sicken`);
    const replaced = await vi.waitFor(async () => {
      const app = await healthy('/toggle', 1);
      expect(app.tasks.map(({ id }) => id)).not.toContain(task.id);
      return app;
    }, WAIT);
    expect(replaced.lastTaskFailure).toEqual({
      state: 'TASK_KILLED',
      message: 'Task was killed since health check failed. Reason: 500 Internal Server Error',
    });
    const failures = (await readFile(file('failures-toggle'), 'utf8')).trim().split('\n');
    expect(failures).toEqual([task.id, task.id, task.id]);
  });

  it('lab 5E: the database is healthy before the app that depends on it begins; the group scales by 2 and 0.5', async () => {
    const posted = await stride.request('POST', '/v2/groups', {
      id: '/shop',
      groups: [
        { id: '/shop/app', dependencies: ['/shop/db'], apps: [serverApp('/shop/app/web', { healthChecks: [CHECK] })] },
        { id: '/shop/db', apps: [serverApp('/shop/db/store', { healthChecks: [CHECK] })] },
      ],
    });
    expect(posted.status).toBe(201);
    await vi.waitFor(async () => {
      // The database is read second: it was healthy before the app was seen to begin.
      const { tasks } = await show('/shop/app/web');
      const { tasksHealthy } = await show('/shop/db/store');
      if (tasks.length > 0 && tasksHealthy === 0) throw new Error('the app began first');
      expect(tasks).toHaveLength(1);
    }, WAIT);
    await healthy('/shop/app/web', 1);

    for (const { scaleBy, count } of [
      { scaleBy: 2, count: 2 },
      { scaleBy: 0.5, count: 1 },
    ]) {
      const scaled = await stride.request('PUT', '/v2/groups/shop', { scaleBy });
      expect(scaled).toMatchObject({ status: 200, json: { deploymentId: expect.any(String) } });
      for (const id of ['/shop/db/store', '/shop/app/web']) {
        const { instances, tasks } = await healthy(id, count);
        expect({ scaleBy, id, instances }).toEqual({ scaleBy, id, instances: count });
        expect((await processesOf(id)).toSorted()).toEqual(tasks.map((task) => task.id).toSorted());
      }
    }
  });

  it('a deployment waits for readiness, and shows what it hears', async () => {
    const readinessChecks = [{ portName: 'http', path: '/ready', intervalSeconds: 2, timeoutSeconds: 1 }];
    await stride.request('POST', '/v2/apps', serverApp('/slow', { readinessChecks }));
    await vi.waitFor(async () => {
      expect((await show('/slow')).tasksRunning).toBe(1);
      const running = shownDeployments.parse((await stride.request('GET', '/v2/deployments')).json);
      expect(running.flatMap(({ currentActions }) => currentActions)).toContainEqual({
        app: '/slow',
        readinessCheckResults: [{ name: 'readinessCheck', ready: false }],
      });
    }, WAIT);
    await writeFile(file('ready'), '');
    await vi.waitFor(async () => expect((await show('/slow')).deployments).toEqual([]), WAIT);
  });

  it('a check is shown and decides nothing', async () => {
    const healthChecks = [{ ...CHECK, path: '/health' }];
    const check = { http: { portIndex: 0, path: '/ready' }, intervalSeconds: 1, timeoutSeconds: 1, delaySeconds: 0 };
    const cmd = healthServerCommand(file('failures-shown'), file('never'));
    await stride.request('POST', '/v2/apps', serverApp('/shown', { cmd, healthChecks, check }));
    const exec = { command: { argv: ['test', '!', '-e', file('worn')] } };
    const inside = { exec, intervalSeconds: 5, timeoutSeconds: 2, delaySeconds: 0 };
    await stride.request('POST', '/v2/apps', { id: '/inside', cpus: 0.1, mem: 32, cmd: 'sleep 1000', check: inside });
    const found = (http: number, command: number) =>
      vi.waitFor(async () => {
        const { tasks } = shownChecks.parse((await stride.request('GET', '/v2/tasks')).json);
        const results = tasks.filter(({ appId }) => appId === '/shown' || appId === '/inside');
        expect(new Map(results.map(({ appId, checkResult }) => [appId, checkResult]))).toEqual(
          new Map<string, unknown>([
            ['/shown', { http: { statusCode: http } }],
            ['/inside', { command: { exitCode: command } }],
          ]),
        );
        return results.map(({ id }) => id).toSorted();
      }, WAIT);
    const before = await found(503, 0);
    await writeFile(file('worn'), '');
    expect(await found(503, 1)).toEqual(before);
    expect(await show('/shown')).toMatchObject({ tasksHealthy: 1, tasksUnhealthy: 0 });
  });

  it('a command decides in the container itself', async () => {
    const command = { value: `test ! -e '${file('broken')}'` };
    const healthChecks = [
      { protocol: 'COMMAND', command, gracePeriodSeconds: 0, intervalSeconds: 5, maxConsecutiveFailures: 1 },
    ];
    const app = { id: '/command', cpus: 0.1, mem: 32, cmd: 'sleep 1000', healthChecks };
    expect((await stride.request('POST', '/v2/apps', app)).status).toBe(201);
    const [task] = (await healthy('/command', 1)).tasks;
    await writeFile(file('broken'), '');
    await vi.waitFor(async () => {
      const { tasks, lastTaskFailure } = await show('/command');
      expect(tasks.map(({ id }) => id)).not.toContain(task?.id);
      expect(lastTaskFailure?.message).toBe(
        'Task was killed since health check failed. Reason: the command failed 1 time',
      );
    }, WAIT);
  });
});
