import {
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  type ListTasksCommandInput,
  RegisterTaskDefinitionCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
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

let local: LocalAws;
let now: number;
beforeEach(async () => {
  now = Date.parse('2026-01-01T00:00:00Z');
  local = await startLocalAws({ ephemeral: true, now: () => now });
});
afterEach(async () => {
  await local.close();
  vi.useRealTimers();
});

const list = async (input: Partial<ListTasksCommandInput>) =>
  (await local.ecs.send(new ListTasksCommand({ cluster: 'stride', ...input }))).taskArns;
const stop = async (task: string, reason?: string) => {
  await local.ecs.send(new StopTaskCommand({ cluster: 'stride', task, ...(reason && { reason }) }));
  return untilStatus(local, task, 'STOPPED');
};

test('every change is announced: task and container instance, in order, with what the control plane reads', async () => {
  const [instance = ''] = await instanceArns(local);
  await registerShell(local, 'true', { cpu: 1024, memory: 128 });
  local.events.length = 0;
  const arn = await startTask(local, 'shell', { startedBy: 'launch-1', group: 'stride:main' });
  await untilStatus(local, arn, 'RUNNING');
  const stopped = await stop(arn, 'done');
  expect(statusesOf(local, arn)).toEqual([
    '1 PENDING/RUNNING',
    '2 RUNNING/RUNNING',
    '3 RUNNING/STOPPED',
    '4 STOPPING/STOPPED',
    '5 STOPPED/STOPPED',
  ]);
  const ofInstance = local.events.filter((event) => event.resources.includes(instance)).map(({ detail }) => detail);
  const cpuOf = (resources: unknown) =>
    Array.isArray(resources) && resources.find((each) => each.name === 'CPU').integerValue;
  expect(ofInstance.map((detail) => cpuOf(detail['remainingResources']))).toEqual([3072, 3072, 3072, 4096]);
  expect(ofInstance.map((detail) => Number(detail['version']) - Number(ofInstance[0]?.['version']))).toEqual([
    0, 1, 2, 3,
  ]);
  const { taskArn, startedBy, containerInstanceArn } = stopped;
  expect(local.events.findLast((event) => event.resources.includes(arn))).toEqual({
    version: '0',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    'detail-type': 'ECS Task State Change',
    source: 'aws.ecs',
    account: '000000000000',
    time: '2026-01-01T00:00:00.000Z',
    region: 'local',
    resources: [arn],
    detail: expect.objectContaining({
      taskArn,
      startedBy,
      containerInstanceArn,
      group: 'stride:main',
      clusterArn: 'arn:aws:ecs:local:000000000000:cluster/stride',
      stopCode: 'UserInitiated',
      stoppedReason: 'done',
      stoppedAt: '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-01-01T00:00:00.000Z',
      containers: [expect.objectContaining({ name: 'main', lastStatus: 'STOPPED', exitCode: 143 })],
      version: 5,
    }),
  });
});

describe('ListTasks', () => {
  test('filters, and what is not running is asked for', async () => {
    const [first, second = ''] = await instanceArns(local);
    await registerShell(local, 'true');
    const a = await startTask(local, 'shell', { startedBy: 'launch-a' });
    const b = await startTask(local, 'shell', { startedBy: 'launch-b', containerInstances: [second] });
    const c = await startTask(local, 'shell', { startedBy: 'launch-b' });
    await stop(c);
    expect(await list({})).toEqual([a, b].toSorted());
    expect(await list({ desiredStatus: 'STOPPED' })).toEqual([c]);
    expect(await list({ desiredStatus: 'PENDING' })).toEqual([]);
    expect(await list({ containerInstance: second })).toEqual([b]);
    expect(await list({ containerInstance: first ?? '', family: 'shell', launchType: 'EC2' })).toEqual([a]);
    expect(await list({ family: 'other' })).toEqual([]);
    expect(await list({ launchType: 'FARGATE' })).toEqual([]);
    expect(await list({ startedBy: 'launch-b' })).toEqual([b]);
    expect(await list({ startedBy: 'launch-b', desiredStatus: 'STOPPED' })).toEqual([c]);
  });

  test('pages hold each task once', async () => {
    await registerShell(local, 'true', { cpu: 0, memory: 6 });
    const arns = await Promise.all(Array.from({ length: 7 }, () => startTask(local, 'shell')));
    const seen: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await local.ecs.send(
        new ListTasksCommand({ cluster: 'stride', maxResults: 3, ...(nextToken && { nextToken }) }),
      );
      seen.push(...(page.taskArns ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(seen).toEqual(arns.toSorted());
  });

  test.each<[Partial<ListTasksCommandInput>, string, string]>([
    [{ startedBy: 'a', family: 'b' }, 'InvalidParameterException', 'startedBy: must be the only filter'],
    [{ maxResults: 101 }, 'InvalidParameterException', 'maxResults'],
    [{ nextToken: 'x' }, 'InvalidParameterException', 'nextToken: x is none of ours'],
    [{ serviceName: 's' }, 'ServiceNotFoundException', 'Service not found: s.'],
    [{ cluster: 'other' }, 'ClusterNotFoundException', 'Cluster not found: other.'],
  ])('refuses %o', async (input, name, message) => {
    await expect(list(input)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });
});

test('bridge mode: a host port from the ephemeral range, shown once the task runs', async () => {
  const { taskDefinition } = await local.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'bridge',
      networkMode: 'bridge',
      containerDefinitions: [
        {
          name: 'main',
          image: 'i',
          memory: 6,
          portMappings: [
            { containerPort: 80 },
            { containerPort: 81, hostPort: 8081 },
            { containerPort: 53, protocol: 'udp' },
          ],
        },
      ],
    }),
  );
  const definition = taskDefinition?.taskDefinitionArn ?? '';
  const first = await startTask(local, definition);
  expect(local.events.find((event) => event.resources.includes(first))?.detail).toMatchObject({
    containers: [{ networkBindings: [] }],
  });
  const bindingsOf = async (arn: string) => (await untilStatus(local, arn, 'RUNNING')).containers?.[0]?.networkBindings;
  const bindings = (await bindingsOf(first)) ?? [];
  expect(bindings).toEqual([
    { bindIP: '0.0.0.0', containerPort: 80, hostPort: expect.any(Number), protocol: 'tcp' },
    { bindIP: '0.0.0.0', containerPort: 81, hostPort: 8081, protocol: 'tcp' },
    { bindIP: '0.0.0.0', containerPort: 53, hostPort: expect.any(Number), protocol: 'udp' },
  ]);
  const ephemeral = [bindings[0]?.hostPort ?? 0, bindings[2]?.hostPort ?? 0];
  expect(ephemeral.filter((port) => port < 32_768 || port > 60_999)).toEqual([]);
  expect(new Set(ephemeral).size).toBe(2);
  await expect(startTask(local, definition)).rejects.toThrow('in use: 8081/tcp');
});

test('DescribeTasks: ids or ARNs, unknown ones as failures, tags on demand, 100 at most', async () => {
  await registerShell(local, 'true');
  const arn = await startTask(local, 'shell', { tags: [{ key: 'a', value: 'b' }] });
  const unknown = '0'.repeat(32);
  const id = arn.slice(arn.lastIndexOf('/') + 1);
  const describe = (tasks: string[]) => local.ecs.send(new DescribeTasksCommand({ cluster: 'stride', tasks }));
  const { tasks, failures } = await describe([id, unknown]);
  expect(tasks?.map((task) => [task.taskArn, task.tags])).toEqual([[arn, []]]);
  expect(failures).toEqual([{ arn: `arn:aws:ecs:local:000000000000:task/stride/${unknown}`, reason: 'MISSING' }]);
  expect((await describeTask(local, arn)).tags).toEqual([{ key: 'a', value: 'b' }]);
  await expect(describe(Array(101).fill(id))).rejects.toMatchObject({ name: 'InvalidParameterException' });
});

describe('StopTask', () => {
  test('a stopped task stays as it is; an unknown one is refused', async () => {
    await registerShell(local, 'true');
    const arn = await startTask(local, 'shell');
    const stopped = await stop(arn);
    expect(stopped.stoppedReason).toBe('Task stopped by user');
    expect(await stop(arn, 'again')).toEqual(stopped);
    await expect(stop('0'.repeat(32))).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'The referenced task was not found.',
    });
  });

  test('while its agent is disconnected: wanted at once, done on return', async () => {
    await registerShell(local, 'true');
    const arn = await startTask(local, 'shell');
    await untilStatus(local, arn, 'RUNNING');
    local.control.setAgentConnected('127.0.0.11', false);
    const { task } = await local.ecs.send(new StopTaskCommand({ cluster: 'stride', task: arn }));
    expect([task?.desiredStatus, task?.lastStatus]).toEqual(['STOPPED', 'RUNNING']);
    expect(statusesOf(local, arn).at(-1)).toBe('3 RUNNING/STOPPED');
    local.control.setAgentConnected('127.0.0.11', true);
    await untilStatus(local, arn, 'STOPPED');
  });
});

test('a stopped task is shown for an hour, then forgotten', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  await local.close();
  local = await startLocalAws({ ephemeral: true, now: () => now });
  await registerShell(local, 'true');
  const arn = await startTask(local, 'shell');
  await stop(arn);
  now += 60 * 60 * 1000;
  vi.advanceTimersByTime(60_000);
  expect((await describeTask(local, arn)).lastStatus).toBe('STOPPED');
  now += 1;
  vi.advanceTimersByTime(60_000);
  await expect(describeTask(local, arn)).rejects.toThrow('no task');
});

test('counts of a container instance follow its tasks', async () => {
  const [instance = ''] = await instanceArns(local);
  await registerShell(local, 'true');
  const arn = await startTask(local, 'shell');
  await untilStatus(local, arn, 'RUNNING');
  const counts = async () => {
    const { containerInstances } = await local.ecs.send(
      new DescribeContainerInstancesCommand({ cluster: 'stride', containerInstances: [instance] }),
    );
    return containerInstances?.map((each) => [each.runningTasksCount, each.pendingTasksCount]);
  };
  expect(await counts()).toEqual([[1, 0]]);
  await stop(arn);
  expect(await counts()).toEqual([[0, 0]]);
});
