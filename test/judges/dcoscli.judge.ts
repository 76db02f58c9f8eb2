import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { strideForSuite } from '../e2e/stride-for-suite.ts';
import { aTaskId, aVersion } from './clients/what-clients-see.ts';
import { dcosCliPython } from './judge-cache.ts';
import { runToEnd } from './programs.ts';

const LAUNCHER = fileURLToPath(new URL('./clients/run_dcoscli.py', import.meta.url));
const COMMAND_LIMIT_MS = 60_000;
const WAIT = { timeout: 30_000, interval: 100 };
const ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

const container = { cmd: 'sleep 1000', cpus: 0.1, mem: 16 };
const WEB = { id: '/lab/web', ...container, instances: 2, env: { A: 'b' } };
const GREEDY = { id: '/lab/greedy', ...container, cpus: 900 };
const SHOP = {
  id: '/shop',
  apps: [{ id: 'db', ...container, instances: 1 }],
  groups: [{ id: 'front', dependencies: ['/shop/db'], apps: [{ id: 'web', ...container, instances: 1 }] }],
};
const POD = {
  id: '/lab/pod',
  containers: [{ name: 'main', exec: { command: { shell: 'sleep 1000' } }, resources: { cpus: 0.1, mem: 32 } }],
  scaling: { kind: 'fixed', instances: 1 },
};

const task = z.looseObject({ id: z.string(), startedAt: z.string(), host: z.string() });
const ids = z.array(z.looseObject({ id: z.string() }));

/** Contract: the commands of DC/OS's labs work with the whole local system, and show what it has. */
describe('dcoscli', () => {
  let python: string;
  const stride = strideForSuite('--ephemeral', '--runtime', 'simulated');

  beforeAll(async () => {
    python = await dcosCliPython();
    // Without clusters the client looks for a configuration of long ago.
    await mkdir(join(stride.directory, 'dcos', 'clusters'), { recursive: true });
  });

  /** One command line. */
  async function run(args: readonly string[], input?: unknown) {
    const env = {
      PATH: process.env['PATH'],
      DCOS_DIR: join(stride.directory, 'dcos'),
      DCOS_DCOS_URL: stride.url,
      DCOS_MARATHON_URL: `${stride.url}/`,
      PYTHONWARNINGS: 'ignore',
    };
    const given = input === undefined ? {} : { input: JSON.stringify(input) };
    return runToEnd(python, [LAUNCHER, ...args], { timeoutMs: COMMAND_LIMIT_MS, env, ...given });
  }

  /** What a command prints that must succeed, less the end of the line. */
  async function dcos(line: string, input?: unknown): Promise<string> {
    const { code, output } = await run(line.split(' '), input);
    expect(code, output).toBe(0);
    return output.trimEnd();
  }
  const shown = async (line: string): Promise<unknown> => JSON.parse(await dcos(line));
  /** The rows of a table without its head, cell by cell. */
  const rows = async (line: string): Promise<readonly (readonly string[])[]> =>
    (await dcos(line))
      .split('\n')
      .slice(1)
      .map((row) => row.trim().split(/ {2,}/));
  /** What a command prints that must fail. */
  async function refused(line: string, input?: unknown): Promise<string> {
    const { code, output } = await run(line.split(' '), input);
    expect(code, output).toBe(1);
    return output.trimEnd();
  }

  const answerOf = async (path: string): Promise<unknown> => (await stride.request('GET', path)).json;
  const appOf = async (id: string): Promise<unknown> =>
    z.object({ app: z.unknown() }).parse(await answerOf(`/v2/apps${id}`)).app;
  const tasksOf = async (id: string) =>
    z.object({ tasks: z.array(task) }).parse(await answerOf(`/v2/apps${id}/tasks`)).tasks;
  /** All deployments have come to their end, and so many tasks of an app run. */
  const settled = (id?: string, running?: number): Promise<void> =>
    vi.waitFor(async () => {
      expect(await answerOf('/v2/deployments')).toEqual([]);
      if (id !== undefined) expect(await appOf(id)).toMatchObject({ tasksRunning: running, instances: running });
    }, WAIT);
  /** Runs a change that starts a deployment, and waits for its end. */
  async function change(line: string, id: string, running: number, input?: unknown): Promise<void> {
    expect(await dcos(line, input)).toMatch(new RegExp(`^Created deployment ${ID}$`));
    await settled(id, running);
  }

  it('shows the system', async () => {
    expect(await shown('marathon about')).toEqual(await answerOf('/v2/info'));
    expect(await dcos('marathon ping --once')).toBe('Marathon ping response[1x]: "pong"');
    expect(await dcos('marathon plugin list')).toBe('');
    expect(await dcos('marathon leader delete')).toBe('Leadership abdicated');
  });

  it('adds, lists and shows apps', async () => {
    const file = join(stride.directory, 'web.json');
    await writeFile(file, JSON.stringify(WEB));
    await change(`marathon app add ${file}`, WEB.id, 2);
    expect(await refused(`marathon app add ${file}`)).toBe("Application '/lab/web' already exists");
    expect(await rows('marathon app list')).toEqual([
      [WEB.id, '16', '0.1', '2/2', 'N/A', '---', 'False', 'N/A', WEB.cmd],
    ]);
    expect(await dcos('marathon app list --quiet')).toBe(WEB.id);
    expect(await shown('marathon app list --json')).toMatchObject([WEB]);
    expect(await shown(`marathon app show ${WEB.id}`)).toEqual(await appOf(WEB.id));
    expect(await refused('marathon app show /none')).toBe("Error: App '/none' does not exist");
  });

  it('lists and shows tasks', async () => {
    const tasks = await tasksOf(WEB.id);
    expect(tasks.map(({ id }) => id)).toEqual([aTaskId('lab_web'), aTaskId('lab_web')]);
    const expected = tasks.map(({ id, host, startedAt }) => [WEB.id, 'True', startedAt, host, id]);
    expect((await rows('marathon task list')).toSorted()).toEqual(expected.toSorted());
    const quiet = await dcos(`marathon task list --quiet ${WEB.id}`);
    expect(quiet.split('\n').toSorted()).toEqual(tasks.map(({ id }) => id).toSorted());
    const [one] = z.object({ tasks: z.array(task) }).parse(await answerOf('/v2/tasks')).tasks;
    expect(await shown(`marathon task show ${one?.id}`)).toEqual(one);
    expect(await refused('marathon task show none')).toBe("Task 'none' does not exist");
  });

  it('updates apps: numbers and lists on the command line, anything on standard input', async () => {
    await change(`marathon app update ${WEB.id} cpus=0.2 mem=20`, WEB.id, 2);
    expect(await shown(`marathon app show ${WEB.id}`)).toMatchObject({ cpus: 0.2, mem: 20 });
    await change(`marathon app update ${WEB.id} constraints=[["hostname","UNIQUE"]]`, WEB.id, 2);
    expect(await shown(`marathon app show ${WEB.id}`)).toMatchObject({ constraints: [['hostname', 'UNIQUE']] });
    const objects = { env: { A: 'c' }, labels: { team: 'x' } };
    await change(`marathon app update ${WEB.id}`, WEB.id, 2, { ...objects, constraints: [] });
    const app = await shown(`marathon app show ${WEB.id}`);
    expect(app).toMatchObject(objects);
    expect(app).not.toHaveProperty('constraints');
  });

  it('lists versions, and shows apps as they were', async () => {
    const versions = z.object({ versions: z.array(z.string()) }).parse(await answerOf(`/v2/apps${WEB.id}/versions`));
    expect(await shown(`marathon app version list ${WEB.id}`)).toEqual(versions.versions);
    expect(await shown(`marathon app version list --max-count=2 ${WEB.id}`)).toEqual(versions.versions.slice(0, 2));
    const former = await shown(`marathon app show --app-version=-1 ${WEB.id}`);
    expect(former).toEqual(await answerOf(`/v2/apps${WEB.id}/versions/${versions.versions[1]}`));
  });

  it('restarts, stops, starts and scales apps', async () => {
    const before = await tasksOf(WEB.id);
    await change(`marathon app restart ${WEB.id}`, WEB.id, 2);
    const after = new Set((await tasksOf(WEB.id)).map(({ id }) => id));
    expect(before.filter(({ id }) => after.has(id))).toEqual([]);
    await change(`marathon app stop ${WEB.id}`, WEB.id, 0);
    expect(await rows('marathon app list')).toMatchObject([{ 3: '0/0' }]);
    await change(`marathon app start ${WEB.id} 3`, WEB.id, 3);
    expect(await refused(`marathon app start ${WEB.id}`)).toBe("Application '/lab/web' already started: 3 instances.");
    await change(`marathon app update ${WEB.id} instances=2`, WEB.id, 2);
  });

  it('kills tasks, which come back, or do not with --scale', async () => {
    const [first, second] = await tasksOf(WEB.id);
    expect(await shown(`marathon task stop ${first?.id}`)).toMatchObject({ id: first?.id });
    expect(await dcos(`marathon task kill ${second?.id}`)).toBe(`Killed tasks: ['${second?.id}']`);
    await vi.waitFor(async () => {
      const left = (await tasksOf(WEB.id)).map(({ id }) => id);
      expect(left).not.toContain(first?.id);
      expect(left).not.toContain(second?.id);
    }, WAIT);
    await settled(WEB.id, 2);
    expect(await dcos(`marathon app kill ${WEB.id}`)).toMatch(/^Killed tasks: \[\{'appId': '\/lab\/web', /);
    await settled(WEB.id, 2);
    expect(await dcos(`marathon app kill --scale ${WEB.id}`)).toMatch(/^Started deployment: \{/);
    await settled(WEB.id, 0);
  });

  it('shows why an app waits, and rolls its deployment back', async () => {
    await dcos('marathon app add', GREEDY);
    await vi.waitFor(async () => expect(await answerOf('/v2/queue')).toMatchObject({ queue: [{ count: 1 }] }), WAIT);
    const [deployment] = ids.parse(await answerOf('/v2/deployments'));
    expect(await rows('marathon deployment list')).toEqual([[GREEDY.id, '-', 'scale', '1/2', deployment?.id]]);
    expect(await shown(`marathon deployment list --json ${GREEDY.id}`)).toEqual(await answerOf('/v2/deployments'));
    const watched = await dcos(`marathon deployment watch --max-count=1 --interval=0 ${deployment?.id}`);
    expect(JSON.parse(watched.slice(watched.indexOf('{')))).toMatchObject({ id: deployment?.id });
    expect(await rows('marathon debug list')).toMatchObject([{ 0: GREEDY.id, 1: aVersion, 2: '1', 3: 'True' }]);
    expect(await rows(`marathon debug summary ${GREEDY.id}`)).toContainEqual(['CPUS', '900', '0 / 3', '0.00%']);
    const details = await rows(`marathon debug details ${GREEDY.id}`);
    expect(details.map(([, role, constraints, cpus]) => [role, constraints, cpus])).toEqual(
      Array(3).fill(['ok', 'ok', '-']),
    );
    expect(await refused(`marathon app update ${GREEDY.id} cpus=901`)).toBe(
      'Changes blocked: deployment already in progress for app.',
    );
    expect(await shown(`marathon deployment rollback ${deployment?.id}`)).toMatchObject({ version: aVersion });
    await vi.waitFor(async () => expect(await dcos('marathon app list --quiet')).toBe(WEB.id), WAIT);
    await settled();
    expect(await refused('marathon deployment list')).toBe('There are no deployments');
  });

  it('stops a deployment without a rollback, and removes apps', async () => {
    await dcos('marathon app add', GREEDY);
    const [deployment] = ids.parse(await answerOf('/v2/deployments'));
    expect(await dcos(`marathon deployment stop ${deployment?.id}`)).toBe('');
    expect(await dcos('marathon app list --quiet')).toBe(`${GREEDY.id}\n${WEB.id}`);
    expect(await dcos(`marathon app remove --force ${GREEDY.id}`)).toBe('');
    expect(await dcos(`marathon app remove ${WEB.id}`)).toBe('');
    await settled();
    expect(await refused(`marathon app remove ${WEB.id}`)).toBe("Error: App '/lab/web' does not exist");
  });

  it('adds, shows, scales, changes and removes groups', async () => {
    await change('marathon group add', '/shop/front/web', 1, SHOP);
    expect(await rows('marathon group list')).toEqual([
      ['/lab', '0'],
      ['/shop', '2'],
      ['/shop/front', '1'],
    ]);
    expect(await shown('marathon group show /shop')).toEqual(await answerOf('/v2/groups/shop'));
    await change('marathon group scale /shop 2', '/shop/db', 2);
    await change('marathon group update /shop/front dependencies=[]', '/shop/front/web', 2);
    expect(await shown('marathon group show /shop/front')).toMatchObject({ dependencies: [] });
    expect(await dcos('marathon group remove /shop')).toBe('');
    await settled();
    expect(await refused('marathon group remove /shop')).toBe("Error: Group '/shop' does not exist");
  });

  it('adds, lists, shows, changes and removes pods', async () => {
    const created = new RegExp(`^Created deployment ${ID}$`);
    expect(await dcos('marathon pod add', POD)).toMatch(created);
    expect(await dcos('marathon pod list --quiet')).toBe(POD.id);
    expect(await rows('marathon pod list')).toMatchObject([{ 0: POD.id }, ['|-main']]);
    expect(await shown(`marathon pod show ${POD.id}`)).toMatchObject({ id: POD.id, spec: { id: POD.id } });
    expect(await shown('marathon pod list --json')).toMatchObject([{ id: POD.id, spec: { id: POD.id } }]);
    const scaling = { kind: 'fixed', instances: 2 };
    expect(await dcos(`marathon pod update --force ${POD.id}`, { ...POD, scaling })).toMatch(created);
    expect(await shown(`marathon pod show ${POD.id}`)).toMatchObject({ spec: { scaling } });
    expect(await dcos(`marathon pod remove --force ${POD.id}`)).toBe('');
    await settled();
    expect(await refused(`marathon pod show ${POD.id}`)).toBe("Error: Pod '/lab/pod' does not exist");
  });

  describe('for a reason of its own', () => {
    it('makes URLs of texts and objects on the command line', async () => {
      await change('marathon app add', WEB.id, 1, { ...WEB, instances: 1 });
      const why = '{"message":"Invalid JSON","details":[{"path":"/env","errors":["error.expected.jsobject"]}]}';
      expect(await refused(`marathon app update ${WEB.id} env={"A":"c"}`)).toBe(
        `Error while fetching [${stride.url}/v2/apps${WEB.id}]: HTTP 422: "${why}".`,
      );
      await change(`marathon app update ${WEB.id} user=nobody`, WEB.id, 1);
      expect(await shown(`marathon app show ${WEB.id}`)).toMatchObject({ user: 'https://nobody' });
    });

    it('sends relative versions of groups as they are', async () => {
      expect(await refused('marathon group show --group-version=-1 /lab')).toContain(
        "Invalid timestamp provided '-1'. Expecting ISO-8601 datetime string.",
      );
    });

    it.each([
      ['marathon leader show', '/mesos_dns/v1/hosts/marathon.mesos'],
      ['task', '/mesos/master/state.json'],
      ['task log web', '/mesos/master/state.json'],
    ])('asks Mesos, and not Marathon: %s', async (line, path) => {
      expect(await refused(line)).toBe(`Error while fetching [${stride.url}${path}]: HTTP 404: "Not Found".`);
    });
  });
});
