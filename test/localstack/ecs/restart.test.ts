import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  DescribeContainerInstancesCommand,
  DescribeTaskDefinitionCommand,
  ListTasksCommand,
  PutAttributesCommand,
  StopTaskCommand,
  UpdateContainerInstancesStateCommand,
} from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { defaultAgents } from '../../../localstack/agents/default-agents.ts';
import { PATIENCE } from '../../setup/patience.ts';
import { isAlive } from '../runtime/is-alive.ts';
import {
  describeTask,
  instanceArns,
  type LocalAws,
  registerShell,
  startLocalAws,
  startTask,
  statusesOf,
  untilStatus,
} from './local-aws.ts';

let dataDir: string;
const open: LocalAws[] = [];
const start = async (options: Parameters<typeof startLocalAws>[0] = {}) => {
  const local = await startLocalAws({ dataDir, runtime: 'auto', ...options });
  open.push(local);
  return local;
};
const close = async (local: LocalAws) => {
  open.splice(open.indexOf(local), 1);
  await local.close();
};
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'stride-ecs-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((local) => local.close()));
  await rm(dataDir, { recursive: true });
});

const pidIn = (arn: string) =>
  vi.waitFor(async () => {
    const id = arn.slice(arn.lastIndexOf('/') + 1);
    const pid = Number(await readFile(join(dataDir, 'agents/127.0.0.11/tasks', id, 'stdout'), 'utf8'));
    expect(pid).toBeGreaterThan(1);
    return pid;
  }, PATIENCE);

test('stop ends every process, one that ignores SIGTERM too; start shows the tasks as lost, with their events', async () => {
  const first = await start();
  const stubborn = await registerShell(first, 'trap "" TERM; echo $$; while true; do sleep 1; done');
  const arn = await startTask(first, stubborn);
  const pid = await pidIn(arn);
  await untilStatus(first, arn, 'RUNNING');
  const stopping = first.control.stop(100);
  await expect(describeTask(first, arn)).rejects.toThrow('not running');
  await stopping;
  expect(isAlive(pid)).toBe(false);
  expect(statusesOf(first, arn)).toEqual(['1 PENDING/RUNNING', '2 RUNNING/RUNNING']);
  await close(first);

  const second = await start();
  expect(statusesOf(second, arn)).toEqual(['3 STOPPED/STOPPED']);
  expect(await describeTask(second, arn)).toMatchObject({
    stopCode: 'TerminationNotice',
    stoppedReason: 'Host lost: the local cloud was restarted',
    containers: [{ lastStatus: 'STOPPED' }],
  });
});

test('stop does not wait out the longer grace of a StopTask under way', async () => {
  const local = await start();
  const command = 'trap "" TERM; echo $$; while true; do sleep 1; done';
  const arn = await startTask(local, await registerShell(local, command, { stopTimeout: 600 }));
  const pid = await pidIn(arn);
  await local.ecs.send(new StopTaskCommand({ cluster: 'stride', task: arn }));
  await untilStatus(local, arn, 'STOPPING');
  await local.control.stop(100);
  expect(isAlive(pid)).toBe(false);
});

test.runIf(process.platform === 'linux')(
  'after SIGKILL of the local cloud the next start kills what it left, daemonized children too',
  async () => {
    const cloud = spawn(process.execPath, [fileURLToPath(new URL('./run-until-killed.ts', import.meta.url)), dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(cloud.stdout, 'data');
    const { arn, pids } = JSON.parse(String(line));
    expect(pids.map(isAlive)).toEqual([true, true]);
    cloud.kill('SIGKILL');
    await once(cloud, 'exit');
    expect(pids.map(isAlive)).toEqual([true, true]);
    const local = await start();
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect(statusesOf(local, arn)).toEqual(['3 STOPPED/STOPPED']);
  },
);

test('definitions, identities, states and attributes survive a restart; agents follow their list', async () => {
  const first = await start({ runtime: 'simulated' });
  const arns = await instanceArns(first);
  const definition = await registerShell(first, 'true');
  await first.ecs.send(
    new PutAttributesCommand({
      cluster: 'stride',
      attributes: [{ name: 'color', value: 'blue', targetId: arns[0] ?? '' }],
    }),
  );
  await first.ecs.send(
    new UpdateContainerInstancesStateCommand({
      cluster: 'stride',
      containerInstances: arns.slice(0, 1),
      status: 'DRAINING',
    }),
  );
  const [template] = defaultAgents(1, 'linux');
  if (template === undefined) throw new Error('no default agent');
  first.control.add({ ...template, host: '127.0.0.99' });
  await close(first);

  const second = await start({ runtime: 'simulated', agents: defaultAgents(2, 'linux') });
  const { taskDefinition } = await second.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'shell' }));
  expect(taskDefinition?.taskDefinitionArn).toBe(definition);
  const { containerInstances = [] } = await second.ecs.send(
    new DescribeContainerInstancesCommand({ cluster: 'stride', containerInstances: arns }),
  );
  expect(containerInstances.map((each) => [each.containerInstanceArn, each.status, each.agentConnected])).toEqual([
    [arns[0], 'DRAINING', true],
    [arns[1], 'ACTIVE', true],
    [arns[2], 'INACTIVE', false],
  ]);
  expect(containerInstances[0]?.attributes).toContainEqual({ name: 'color', value: 'blue' });
  expect(
    second.control
      .agents()
      .filter((each) => each.added)
      .map((each) => each.host),
  ).toEqual(['127.0.0.99']);
  await expect(startTask(second, 'shell', { containerInstances: arns.slice(2) })).rejects.toThrow(
    '"reason":"INACTIVE"',
  );
});

test('ephemeral: the next start knows nothing', async () => {
  const first = await start({ runtime: 'simulated', ephemeral: true });
  await startTask(first, await registerShell(first, 'true'));
  await close(first);
  const second = await start({ runtime: 'simulated', ephemeral: true });
  const { taskArns } = await second.ecs.send(new ListTasksCommand({ cluster: 'stride', desiredStatus: 'STOPPED' }));
  expect(taskArns).toEqual([]);
  await expect(second.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'shell' }))).rejects.toThrow(
    'Unable to describe task definition.',
  );
});
