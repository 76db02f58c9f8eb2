import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ContainerRun } from '../../../localstack/runtime/container-runtime.ts';
import { killLeftOvers, recordProcess } from '../../../localstack/runtime/left-overs.ts';
import { makeSandbox } from '../../../localstack/runtime/sandbox.ts';
import { aRun } from './a-run.ts';
import { isAlive } from './is-alive.ts';

let dataDir: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  dataDir = await realpath(await mkdtemp(join(tmpdir(), 'stride-left-')));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  await rm(dataDir, { recursive: true });
});

const sleeper = (sandbox: string) => {
  const child = spawn('sleep', ['300'], {
    env: { ...process.env, MESOS_SANDBOX: sandbox },
    detached: true,
    stdio: 'ignore',
  });
  children.push(child);
  if (child.pid === undefined) throw new Error('sleep did not start');
  return child.pid;
};
const sandboxOf = (change: Partial<ContainerRun> = {}) => makeSandbox(dataDir, aRun(change));

test.runIf(process.platform === 'linux')('Linux: by environment, only under this data directory', async () => {
  const sandbox = sandboxOf();
  const ours = [sleeper(sandbox), sleeper(join(sandbox, 'below'))];
  const others = [sleeper(`${dataDir}-other/agents/h/tasks/t`), sleeper(join(dataDir, 'agents-not'))];
  const killed = await killLeftOvers(dataDir, 'linux');
  expect(killed.toSorted((a, b) => a.pid - b.pid)).toEqual(
    [
      { pid: ours[0], sandbox },
      { pid: ours[1], sandbox: join(sandbox, 'below') },
    ].toSorted((a, b) => Number(a.pid) - Number(b.pid)),
  );
  expect(ours.map(isAlive)).toEqual([false, false]);
  expect(others.map(isAlive)).toEqual([true, true]);
  expect(await killLeftOvers(dataDir, 'linux')).toEqual([]);
});

test('elsewhere: by the record in the sandbox, unless its number is another process by now', async () => {
  const [mine, reused] = [sandboxOf({ taskId: 'a' }), sandboxOf({ taskId: 'b' })];
  const pid = sleeper(mine);
  recordProcess(mine, pid, 'darwin');
  recordProcess(reused, process.pid, 'darwin');
  const record = JSON.parse(await readFile(join(reused, '.process'), 'utf8'));
  await writeFile(join(reused, '.process'), JSON.stringify({ ...record, startedAt: 'Thu Jan  1 00:00:00 1970' }));
  expect(await killLeftOvers(dataDir, 'darwin')).toEqual([{ pid, sandbox: mine }]);
  expect(isAlive(pid)).toBe(false);
  expect(await readdir(reused)).toEqual(['tmp']);
});

test.each([
  ['lab_hello.instance-1._app.1', 'lab_hello.instance-1._app.1'],
  ['../../../etc', 'abc'],
  ['..', 'abc'],
  ['a/b', 'abc'],
  ['', 'abc'],
])('a sandbox for MESOS_TASK_ID %s is %s', (marathonId, name) => {
  const sandbox = sandboxOf({ taskId: 'abc', environment: { MESOS_TASK_ID: marathonId } });
  expect(sandbox).toBe(join(dataDir, 'agents', '127.0.0.11', 'tasks', name));
});

test('containers of one task without Marathon ids have a sandbox each', () => {
  expect(sandboxOf({ taskId: 'abc', alone: false, name: 'web' })).toMatch(/\/tasks\/abc\.web$/);
});
