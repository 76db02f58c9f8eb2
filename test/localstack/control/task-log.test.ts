import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { watchSandboxes } from '../../../localstack/control/sandbox-watch.ts';
import { findSandboxes, readOutput } from '../../../localstack/control/task-log.ts';
import { createRuntime } from '../../../localstack/runtime/select-runtime.ts';
import { aRun } from '../runtime/a-run.ts';
import { aDirectory } from '../template/an-assembly.ts';

const silent = { started() {}, failed() {}, exited() {} };
const MESOS_TASK_ID = 'app.instance-1._app.1';

test('to follow a task shows what it writes and ends when the task has ended', async () => {
  const dataDir = await aDirectory();
  const { runtime, sandboxes } = watchSandboxes(createRuntime('process', { dataDir }));
  // It goes on when the test has seen its first words.
  const command = ['echo first; until test -e go; do sleep 0.05; done; echo last'];
  const handle = runtime.start(aRun({ command, environment: { MESOS_TASK_ID } }), silent);
  onTestFinished(async () => {
    handle.kill();
    await handle.ended;
  });
  const [sandbox] = await findSandboxes(dataDir, 'app.inst');
  if (sandbox === undefined) throw new Error('no sandbox');
  expect(sandbox).toMatchObject({ host: '127.0.0.11', name: MESOS_TASK_ID });

  let text = '';
  const { signal } = new AbortController();
  for await (const chunk of readOutput(sandbox.path, 'stdout', () => sandboxes.isRunning(sandbox), signal)) {
    text += chunk.toString();
    if (text === 'first\n') await writeFile(join(sandbox.path, 'go'), '');
  }
  expect(text).toBe('first\nlast\n');
  await handle.ended;
  expect(sandboxes.isRunning(sandbox)).toBe(false);
});

test('a sandbox is in use until its last container has ended', async () => {
  const dataDir = await aDirectory();
  const { runtime, sandboxes } = watchSandboxes(createRuntime('process', { dataDir }));
  const sandbox = { host: '127.0.0.11', name: MESOS_TASK_ID };
  const start = () => runtime.start(aRun({ command: ['sleep 100'], environment: { MESOS_TASK_ID } }), silent);
  const [first, second] = [start(), start()];
  first.kill();
  await first.ended;
  expect(sandboxes.isRunning(sandbox)).toBe(true);
  expect(sandboxes.isRunning({ ...sandbox, host: '127.0.0.12' })).toBe(false);
  second.kill();
  await second.ended;
  expect(sandboxes.isRunning(sandbox)).toBe(false);
});

test('a reader that goes away ends the following', async () => {
  const path = await aDirectory();
  await writeFile(join(path, 'stdout'), 'a');
  const gone = new AbortController();
  let text = '';
  for await (const chunk of readOutput(path, 'stdout', () => true, gone.signal)) {
    text += chunk.toString();
    if (text === 'a') await appendFile(join(path, 'stdout'), 'b');
    else gone.abort();
  }
  expect(text).toBe('ab');
});
