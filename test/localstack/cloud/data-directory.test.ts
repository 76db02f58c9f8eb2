import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openDataDirectory } from '../../../localstack/cloud/data-directory.ts';
import { aDirectory } from '../template/an-assembly.ts';

/** Generous, for machines with a lot to do; a test goes on as soon as it can. */
const SOON = 10_000;

const HOLDER = fileURLToPath(new URL('./hold-data-directory.ts', import.meta.url));

/** Another process that holds a data directory, until it is killed. */
async function aHolder(directory: string, ephemeral: boolean) {
  const child = fork(HOLDER, [directory, String(ephemeral)], { execArgv: ['--disable-warning=ExperimentalWarning'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [path] = await once(child, 'message');
  return {
    path: String(path),
    pid: child.pid,
    async kill() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

const isRunning = (pid: number | undefined) => {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a directory held by another process is refused with its number, and free once that is killed', async () => {
  const directory = await aDirectory();
  const holder = await aHolder(directory, false);
  await expect(openDataDirectory(directory, false)).rejects.toThrow(
    `is in use by another local cloud (process ${holder.pid})`,
  );
  await holder.kill();
  const data = await openDataDirectory(directory, false);
  expect(data.path).toBe(directory);
  await data.release();
});

test('what a killed ephemeral run left is cleaned up at the next start, its tasks too; a living one is let be', async () => {
  const directory = await aDirectory();
  const [dead, alive] = [await aHolder(directory, true), await aHolder(directory, true)];
  const sandbox = join(dead.path, 'agents', '127.0.0.11', 'tasks', 'task-1');
  await mkdir(sandbox, { recursive: true });
  const task = spawn('sleep', ['600'], { env: { MESOS_SANDBOX: sandbox, PATH: process.env['PATH'] }, stdio: 'ignore' });
  onTestFinished(() => void task.kill('SIGKILL'));
  await dead.kill();

  const data = await openDataDirectory(directory, false);
  await vi.waitFor(
    () => expect(isRunning(task.pid) && task.exitCode === null && task.signalCode === null).toBe(false),
    SOON,
  );
  expect((await readdir(join(directory, 'ephemeral'))).map((name) => join(directory, 'ephemeral', name))).toEqual([
    alive.path,
  ]);
  await data.release();
});
