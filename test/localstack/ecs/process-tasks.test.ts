import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StopTaskCommand } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PATIENCE } from '../../setup/patience.ts';
import { isAlive } from '../runtime/is-alive.ts';
import {
  describeTask,
  type LocalAws,
  registerShell,
  startLocalAws,
  startTask,
  statusesOf,
  untilStatus,
} from './local-aws.ts';

let local: LocalAws;
beforeEach(async () => {
  local = await startLocalAws({ runtime: 'auto' });
});
afterEach(() => local.close());

const idOf = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1);
const sandboxOf = (name: string) => join(local.dataDir, 'agents', '127.0.0.11', 'tasks', name);
describe('a task of a cmd without image', () => {
  test('runs as a process: output and sandbox under its Marathon id, overrides applied, no foreign environment', async () => {
    const definition = await registerShell(local, 'exit 3', { environment: [{ name: 'A', value: 'from definition' }] });
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'must not leak');
    const arn = await startTask(local, definition, {
      overrides: {
        containerOverrides: [
          {
            name: 'main',
            command: ['env | sort; pwd; echo to-stderr >&2'],
            environment: [
              { name: 'MESOS_TASK_ID', value: 'lab_hello.instance-1._app.1' },
              { name: 'A', value: 'from override' },
            ],
          },
        ],
      },
    });
    const task = await untilStatus(local, arn, 'STOPPED');
    vi.unstubAllEnvs();
    const sandbox = sandboxOf('lab_hello.instance-1._app.1');
    const lines = (await readFile(join(sandbox, 'stdout'), 'utf8')).trimEnd().split('\n');
    expect(lines.filter((line) => !/^(PWD|_|SHLVL|OLDPWD)=/.test(line))).toEqual([
      'A=from override',
      `HOME=${sandbox}`,
      `MESOS_SANDBOX=${sandbox}`,
      'MESOS_TASK_ID=lab_hello.instance-1._app.1',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      `TMPDIR=${sandbox}/tmp`,
      sandbox,
    ]);
    expect(await readFile(join(sandbox, 'stderr'), 'utf8')).toBe('to-stderr\n');
    expect(task).toMatchObject({
      desiredStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'main', lastStatus: 'STOPPED', exitCode: 0 }],
      version: 3,
    });
    expect(statusesOf(local, arn)).toEqual(['1 PENDING/RUNNING', '2 RUNNING/RUNNING', '3 STOPPED/STOPPED']);
  });

  test.each([
    { command: 'exit 7', exitCode: 7 },
    { command: 'no-such-command-anywhere', exitCode: 127 },
    { command: 'kill -9 $$', exitCode: 137 },
    { command: 'kill -TERM $$', exitCode: 143 },
  ])('$command shows exit code $exitCode, as Docker would', async ({ command, exitCode }) => {
    const arn = await startTask(local, await registerShell(local, command));
    const task = await untilStatus(local, arn, 'STOPPED');
    expect([task.stopCode, task.containers?.[0]?.exitCode]).toEqual(['EssentialContainerExited', exitCode]);
  });

  test('an entry point that does not exist fails the start', async () => {
    const arn = await startTask(local, await registerShell(local, 'true', { entryPoint: ['/no/such/file'] }));
    const task = await untilStatus(local, arn, 'STOPPED');
    expect(task).toMatchObject({
      stopCode: 'TaskFailedToStart',
      containers: [{ reason: 'CannotStartContainerError: spawn /no/such/file ENOENT' }],
    });
    expect(task.containers?.[0]?.exitCode).toBeUndefined();
    expect(task.startedAt).toBeUndefined();
  });

  test('an image fails the start: there is no container engine', async () => {
    const arn = await startTask(local, await registerShell(local, 'true', { dockerLabels: {}, image: 'nginx' }));
    const task = await untilStatus(local, arn, 'STOPPED');
    expect(task.stopCode).toBe('TaskFailedToStart');
    expect(task.containers?.[0]?.reason).toMatch(
      /^CannotPullContainerError: image nginx: no container engine: install one, or drop the image/,
    );
  });

  test('what a process cannot have fails the start by name', async () => {
    const definition = await registerShell(local, 'true', { privileged: true, readonlyRootFilesystem: false });
    const task = await untilStatus(local, await startTask(local, definition), 'STOPPED');
    expect(task.containers?.[0]?.reason).toMatch(/^CannotCreateContainerError: .* has no privileged:/);
  });
});

describe('stopping', () => {
  test('SIGTERM lets a task end by itself', async () => {
    const command = 'trap "echo got TERM; exit 5" TERM; echo ready; while true; do sleep 0.05; done';
    const arn = await startTask(local, await registerShell(local, command));
    const stdout = join(sandboxOf(idOf(arn)), 'stdout');
    await vi.waitFor(async () => expect(await readFile(stdout, 'utf8')).toBe('ready\n'), PATIENCE);
    const { task } = await local.ecs.send(new StopTaskCommand({ cluster: 'stride', task: arn, reason: 'scaled down' }));
    expect([task?.lastStatus, task?.desiredStatus]).toEqual(['RUNNING', 'STOPPED']);
    const stopped = await untilStatus(local, arn, 'STOPPED');
    expect(stopped).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'scaled down' });
    expect(stopped.containers?.[0]?.exitCode).toBe(5);
    expect(await readFile(stdout, 'utf8')).toBe('ready\ngot TERM\n');
    expect(statusesOf(local, arn).slice(2)).toEqual(['3 RUNNING/STOPPED', '4 STOPPING/STOPPED', '5 STOPPED/STOPPED']);
  });

  test('SIGKILL follows after stopTimeout, for the whole process group', async () => {
    const command = 'trap "" TERM; sleep 300 & echo $!; while true; do sleep 1; done';
    const arn = await startTask(local, await registerShell(local, command, { stopTimeout: 0 }));
    const child = await vi.waitFor(async () => {
      const pid = Number(await readFile(join(sandboxOf(idOf(arn)), 'stdout'), 'utf8'));
      expect(pid).toBeGreaterThan(1);
      return pid;
    }, PATIENCE);
    expect(isAlive(child)).toBe(true);
    await local.ecs.send(new StopTaskCommand({ cluster: 'stride', task: arn }));
    const stopped = await untilStatus(local, arn, 'STOPPED');
    expect(stopped.containers?.[0]?.exitCode).toBe(137);
    await vi.waitFor(() => expect(isAlive(child)).toBe(false), PATIENCE);
  });

  test('children that outlive the main process are killed with it', async () => {
    const arn = await startTask(local, await registerShell(local, 'sleep 300 & echo $!'));
    await untilStatus(local, arn, 'STOPPED');
    const child = Number(await readFile(join(sandboxOf(idOf(arn)), 'stdout'), 'utf8'));
    await vi.waitFor(() => expect(isAlive(child)).toBe(false), PATIENCE);
  });
});

test('a health check runs in the task’s directory and environment; task, container and events follow it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    const healthCheck = { command: ['CMD-SHELL', 'test "$A" = b && test -f healthy'], interval: 5, retries: 1 };
    const definition = await registerShell(local, 'touch healthy; exec sleep 300', {
      healthCheck,
      environment: [{ name: 'A', value: 'b' }],
    });
    const arn = await startTask(local, definition);
    const untilHealth = (health: string) =>
      vi.waitFor(
        async () => {
          const task = await describeTask(local, arn);
          expect([task.healthStatus, task.containers?.[0]?.healthStatus]).toEqual([health, health]);
        },
        { timeout: 60_000, interval: 500 },
      );
    await untilHealth('UNKNOWN');
    await untilHealth('HEALTHY');
    await rm(join(sandboxOf(idOf(arn)), 'healthy'));
    await untilHealth('UNHEALTHY');
    expect((await describeTask(local, arn)).lastStatus).toBe('RUNNING');
    const events = local.events.filter((event) => event.resources.includes(arn)).map(({ detail }) => detail);
    expect(events.map((detail) => `${detail['version']} ${detail['healthStatus']}`)).toEqual([
      '1 UNKNOWN',
      '2 UNKNOWN',
      '3 HEALTHY',
      '4 UNHEALTHY',
    ]);
  } finally {
    vi.useRealTimers();
  }
});

test('a killed agent: processes die at once, ECS hears of it when the agent is back', async () => {
  const arn = await startTask(local, await registerShell(local, 'echo $$; exec sleep 300'));
  await untilStatus(local, arn, 'RUNNING');
  const pid = await vi.waitFor(async () => {
    const number = Number(await readFile(join(sandboxOf(idOf(arn)), 'stdout'), 'utf8'));
    expect(number).toBeGreaterThan(1);
    return number;
  }, PATIENCE);
  local.control.kill('127.0.0.11');
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), PATIENCE);
  expect((await describeTask(local, arn)).lastStatus).toBe('RUNNING');
  await expect(startTask(local, 'shell')).rejects.toThrow('"reason":"AGENT"');
  local.control.return('127.0.0.11');
  const stopped = await untilStatus(local, arn, 'STOPPED');
  expect([stopped.stopCode, stopped.containers?.[0]?.exitCode]).toEqual(['EssentialContainerExited', 137]);
});
