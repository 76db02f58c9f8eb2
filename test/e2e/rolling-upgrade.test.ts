import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { taskProcesses } from './running-stride.ts';
import { strideForSuite } from './stride-for-suite.ts';

const WAIT = { timeout: 120_000, interval: 100 };
const SAMPLE_MS = 100;
const CHECK = {
  protocol: 'HTTP',
  path: '/',
  portIndex: 0,
  gracePeriodSeconds: 30,
  intervalSeconds: 1,
  timeoutSeconds: 1,
  maxConsecutiveFailures: 3,
};

const shown = z.object({
  app: z.object({
    version: z.string(),
    cmd: z.string(),
    tasksHealthy: z.number(),
    deployments: z.array(z.object({ id: z.string() })),
    tasks: z.array(z.object({ id: z.string(), version: z.string().optional() })),
  }),
});

/** Needs a second until it answers, and says so in a file of its own: what is healthy is then known from outside. */
const server = (readyFiles: string, name: string): string => `
  setTimeout(() => require('node:http').createServer((request, response) => response.end('${name}'))
    .listen(process.env.PORT0, () =>
      require('node:fs').writeFileSync('${readyFiles}/' + process.env.MESOS_TASK_ID, '')), 1000);`;

/** The deck's lab 5F and its ways back, on real processes, counted from outside. */
describe('a rolling upgrade', () => {
  const stride = strideForSuite();

  const readyFiles = (): string => join(stride.directory, 'ready');
  const command = (name: string): string => `exec '${process.execPath}' -e "${server(readyFiles(), name)}"`;
  const show = async (id: string) => shown.parse((await stride.request('GET', `/v2/apps${id}`)).json).app;
  const settled = (id: string, count: number) =>
    vi.waitFor(async () => {
      const app = await show(id);
      expect({ healthy: app.tasksHealthy, tasks: app.tasks.length, deployments: app.deployments }).toEqual({
        healthy: count,
        tasks: count,
        deployments: [],
      });
      return app;
    }, WAIT);

  /** Counts processes of an app, and those that answer, until told to stop. */
  function watch(id: string) {
    const prefix = `${id.slice(1)}.`;
    const samples: { readonly alive: number; readonly healthy: number; readonly told: number }[] = [];
    let over = false;
    const counting = (async () => {
      while (!over) {
        const [processes, ready, app] = await Promise.all([
          taskProcesses(stride.dataDirectory),
          readdir(readyFiles()),
          show(id),
        ]);
        const alive = processes
          .map(({ environment }) => environment.get('MESOS_TASK_ID') ?? '')
          .filter((task) => task.startsWith(prefix));
        const answering = new Set(ready);
        samples.push({
          alive: alive.length,
          healthy: alive.filter((task) => answering.has(task)).length,
          told: app.tasksHealthy,
        });
        await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
      }
    })();
    return async () => {
      over = true;
      await counting;
      expect(samples.length).toBeGreaterThan(5);
      return {
        mostAlive: Math.max(...samples.map(({ alive }) => alive)),
        fewestHealthy: Math.min(...samples.map(({ healthy }) => healthy)),
        fewestTold: Math.min(...samples.map(({ told }) => told)),
      };
    };
  }

  async function deploy(id: string, instances: number): Promise<string> {
    await mkdir(readyFiles(), { recursive: true });
    const posted = await stride.request('POST', '/v2/apps', {
      id,
      cmd: command('one'),
      cpus: 0.1,
      mem: 32,
      instances,
      portDefinitions: [{ port: 0 }],
      healthChecks: [CHECK],
      upgradeStrategy: { minimumHealthCapacity: 0.85, maximumOverCapacity: 0.15 },
      backoffSeconds: 0,
    });
    expect(posted.status).toBe(201);
    return (await settled(id, instances)).version;
  }
  const upgrade = async (id: string): Promise<string> => {
    const put = await stride.request('PUT', `/v2/apps${id}`, { cmd: command('two') });
    expect(put.status).toBe(200);
    return z.object({ deploymentId: z.string() }).parse(put.json).deploymentId;
  };
  /** Until the upgrade is well under way: some are new, some are old. */
  const midway = (id: string, former: string) =>
    vi.waitFor(async () => {
      const { tasks } = await show(id);
      const news = tasks.filter(({ version }) => version !== undefined && version !== former).length;
      expect(news).toBeGreaterThan(0);
      expect(news).toBeLessThan(tasks.length);
    }, WAIT);

  it('lab 5F: of 20 never fewer than 17 healthy, never more than 23 alive', async () => {
    const former = await deploy('/lab', 20);
    const counted = watch('/lab');
    await upgrade('/lab');
    const { tasks, cmd } = await settled('/lab', 20);
    const { mostAlive, fewestHealthy, fewestTold } = await counted();
    expect(cmd).toBe(command('two'));
    expect(tasks.filter(({ version }) => version === former)).toEqual([]);
    expect(mostAlive).toBeLessThanOrEqual(23);
    expect(fewestHealthy).toBeGreaterThanOrEqual(17);
    expect(fewestTold).toBeGreaterThanOrEqual(17);
    expect((await stride.request('DELETE', '/v2/apps/lab')).status).toBe(200);
  });

  it.for(['the former version', 'deleting its deployment'] as const)(
    'goes back by %s and keeps capacity',
    async (way) => {
      const id = way === 'the former version' ? '/by-version' : '/by-delete';
      const former = await deploy(id, 6);
      const counted = watch(id);
      const deployment = await upgrade(id);
      await midway(id, former);
      const back =
        way === 'the former version'
          ? await stride.request('PUT', `/v2/apps${id}?force=true`, { version: former })
          : await stride.request('DELETE', `/v2/deployments/${deployment}`);
      expect(back).toMatchObject({ status: 200, json: { deploymentId: expect.any(String) } });
      const { cmd } = await settled(id, 6);
      const { mostAlive, fewestHealthy } = await counted();
      expect(cmd).toBe(command('one'));
      // 0.85 and 0.15 of six leave no room: Marathon's arithmetic allows one extra.
      expect(mostAlive).toBeLessThanOrEqual(7);
      expect(fewestHealthy).toBeGreaterThanOrEqual(6);
      expect((await stride.request('DELETE', `/v2/apps${id}`)).status).toBe(200);
    },
  );

  it('is just stopped by force', async () => {
    const former = await deploy('/stopped', 6);
    const deployment = await upgrade('/stopped');
    await midway('/stopped', former);
    const stopped = await stride.request('DELETE', `/v2/deployments/${deployment}?force=true`);
    expect(stopped.status).toBe(202);
    const { cmd, tasks } = await settled('/stopped', 6);
    expect(cmd).toBe(command('two'));
    expect(tasks.filter(({ version }) => version === former).length).toBeGreaterThan(0);
  });
});
