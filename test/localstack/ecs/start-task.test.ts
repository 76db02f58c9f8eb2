import {
  RegisterTaskDefinitionCommand,
  StartTaskCommand,
  type StartTaskCommandInput,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { agentEntry } from '../../../localstack/agents/agent-spec.ts';
import { settleAgents } from '../../../localstack/agents/settle-agents.ts';
import {
  describeTask,
  instanceArns,
  type LocalAws,
  registerShell,
  startLocalAws,
  startTask,
  untilStatus,
} from './local-aws.ts';

let local: LocalAws;
let arns: string[];
beforeEach(async () => {
  const agents = [agentEntry.parse({ host: '10.0.0.1', cpus: 1, mem: 256, gpus: 1, count: 3 })];
  local = await startLocalAws({ ephemeral: true, agents: settleAgents(agents) });
  arns = await instanceArns(local);
});
afterEach(() => local.close());

const start = (input: Partial<StartTaskCommandInput>) =>
  local.ecs.send(
    new StartTaskCommand({
      cluster: 'stride',
      taskDefinition: 'shell',
      containerInstances: arns.slice(0, 1),
      ...input,
    }),
  );
const failuresOf = async (input: Partial<StartTaskCommandInput> = {}) => (await start(input)).failures;

test('one task on each instance named; answer and later description carry everything of the call', async () => {
  const definition = await registerShell(local, 'true', { memoryReservation: 16 });
  const overrides = {
    containerOverrides: [
      { name: 'main', command: ['sleep 1'], environment: [{ name: 'A', value: 'b' }], cpu: 512, memory: 20 },
    ],
  };
  const { tasks = [], failures } = await start({
    containerInstances: arns.slice(0, 2),
    startedBy: 'b6ff5fa5-7714-41e7-a55c-5ecf1c4671f6',
    group: 'stride:main',
    overrides,
    tags: [{ key: 'app', value: '/hello' }],
  });
  expect(failures).toEqual([]);
  expect(tasks.map((task) => task.containerInstanceArn)).toEqual(arns.slice(0, 2));
  const [task] = tasks;
  const arn = task?.taskArn ?? '';
  expect(arn).toMatch(/^arn:aws:ecs:local:000000000000:task\/stride\/[0-9a-f]{32}$/);
  const asked = {
    attachments: [],
    attributes: [{ name: 'ecs.cpu-architecture', value: expect.any(String) }],
    availabilityZone: 'local-a',
    clusterArn: 'arn:aws:ecs:local:000000000000:cluster/stride',
    connectivity: 'CONNECTED',
    connectivityAt: expect.any(Date),
    containerInstanceArn: arns[0],
    cpu: '512',
    createdAt: expect.any(Date),
    desiredStatus: 'RUNNING',
    enableExecuteCommand: false,
    group: 'stride:main',
    healthStatus: 'UNKNOWN',
    launchType: 'EC2',
    memory: '16',
    overrides: { ...overrides, inferenceAcceleratorOverrides: [] },
    startedBy: 'b6ff5fa5-7714-41e7-a55c-5ecf1c4671f6',
    tags: [{ key: 'app', value: '/hello' }],
    taskArn: arn,
    taskDefinitionArn: definition,
  };
  const container = {
    containerArn: expect.stringMatching(/^arn:aws:ecs:local:000000000000:container\/stride\/[0-9a-f]{32}\//),
    taskArn: arn,
    name: 'main',
    image: 'alpine',
    networkBindings: [],
    networkInterfaces: [],
    healthStatus: 'UNKNOWN',
    cpu: '512',
    memory: '20',
    memoryReservation: '16',
  };
  expect(task).toEqual({
    ...asked,
    lastStatus: 'PENDING',
    version: 1,
    containers: [{ ...container, lastStatus: 'PENDING' }],
  });
  expect(await untilStatus(local, arn, 'RUNNING')).toEqual({
    ...asked,
    lastStatus: 'RUNNING',
    version: 2,
    pullStartedAt: expect.any(Date),
    pullStoppedAt: expect.any(Date),
    startedAt: expect.any(Date),
    containers: [{ ...container, lastStatus: 'RUNNING', runtimeId: expect.stringMatching(/^simulated-/) }],
  });
});

describe('failures', () => {
  beforeEach(() => registerShell(local, 'true'));
  const big = (change: object) => ({ overrides: { containerOverrides: [{ name: 'main', ...change }] } });

  test.each<[string, Partial<StartTaskCommandInput>, string, string]>([
    ['cpu', big({ cpu: 1025 }), 'RESOURCE:CPU', '1025 CPU units wanted, 1024 free'],
    ['memory', big({ memory: 257 }), 'RESOURCE:MEMORY', '257 MiB wanted, 256 free'],
    ['gpu', big({ resourceRequirements: [{ type: 'GPU', value: '2' }] }), 'RESOURCE:GPU', '2 GPUs wanted, 1 free'],
  ])('%s', async (_name, input, reason, detail) => {
    expect(await failuresOf(input)).toEqual([{ arn: arns[0], reason, detail }]);
  });

  test('ports, until the task that holds them has stopped', async () => {
    await registerShell(local, 'true', { portMappings: [{ containerPort: 8080 }] });
    const arn = await startTask(local, 'shell');
    expect(await failuresOf()).toEqual([{ arn: arns[0], reason: 'RESOURCE:PORTS', detail: 'in use: 8080/tcp' }]);
    expect(await failuresOf({ containerInstances: arns.slice(1, 2) })).toEqual([]);
    await local.ecs.send(new StopTaskCommand({ cluster: 'stride', task: arn }));
    await untilStatus(local, arn, 'STOPPED');
    expect(await failuresOf()).toEqual([]);
  });

  test('each instance for itself: one call starts, misses and is refused', async () => {
    local.control.setAgentConnected('10.0.0.2', false);
    const unknown = 'f'.repeat(32);
    const { tasks, failures } = await start({ containerInstances: [arns[0] ?? '', arns[1] ?? '', unknown] });
    expect(tasks?.map((task) => task.containerInstanceArn)).toEqual([arns[0]]);
    expect(failures).toEqual([
      { arn: arns[1], reason: 'AGENT' },
      { arn: `arn:aws:ecs:local:000000000000:container-instance/stride/${unknown}`, reason: 'MISSING' },
    ]);
  });

  test('GPUs are given by id and come back', async () => {
    const { tasks = [] } = await start(big({ resourceRequirements: [{ type: 'GPU', value: '1' }] }));
    expect(tasks[0]?.containers?.[0]?.gpuIds).toEqual(['gpu-0']);
    expect(await failuresOf(big({ resourceRequirements: [{ type: 'GPU', value: '1' }] }))).toMatchObject([
      { reason: 'RESOURCE:GPU' },
    ]);
  });
});

describe('failures of an instance that is not made for it', () => {
  test('a capability that its agent lacks, by name', async () => {
    await registerShell(local, 'true', { secrets: [{ name: 'S', valueFrom: '/parameter' }] });
    expect(await failuresOf()).toEqual([
      {
        arn: arns[0],
        reason: 'ATTRIBUTE',
        detail: 'the container instance has no ecs.capability.secrets.ssm.environment-variables',
      },
    ]);
  });

  test('own networks: the zone of a subnet, and three interfaces', async () => {
    await local.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'own',
        networkMode: 'awsvpc',
        containerDefinitions: [{ name: 'main', image: 'i', memory: 6 }],
      }),
    );
    const [elsewhere] = settleAgents([agentEntry.parse({ host: '10.0.1.1', zone: 'local-b', ports: ['1-2'] })]);
    if (elsewhere === undefined) throw new Error('no agent');
    const other = local.control.add(elsewhere);
    const awsvpc = (...subnets: string[]) => ({
      taskDefinition: 'own',
      networkConfiguration: { awsvpcConfiguration: { subnets } },
    });
    const home = local.control.agents().find((each) => each.arn === arns[0])?.attributes['ecs.subnet-id'] ?? '';
    const away = other.attributes['ecs.subnet-id'] ?? '';
    expect(await failuresOf(awsvpc(away))).toEqual([
      { arn: arns[0], reason: 'LOCATION', detail: 'no subnet named is in local-a' },
    ]);
    for (let task = 0; task < 3; task += 1) expect(await failuresOf(awsvpc(home, away))).toEqual([]);
    expect(await failuresOf(awsvpc(home))).toEqual([
      { arn: arns[0], reason: 'RESOURCE:ENI', detail: '1 network interfaces wanted, 0 free' },
    ]);
    await expect(failuresOf(awsvpc('subnet-1'))).rejects.toThrow("The subnet ID 'subnet-1' does not exist");
    await expect(failuresOf({ taskDefinition: 'own' })).rejects.toThrow('Network Configuration must be provided');
  });
});

test('tags: the definition’s on demand, the call’s before them, and ECS’s own', async () => {
  await local.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'tagged',
      containerDefinitions: [{ name: 'main', image: 'i', memory: 6 }],
      tags: [
        { key: 'team', value: 'x' },
        { key: 'app', value: 'definition' },
      ],
    }),
  );
  const tagsOf = async (input: Partial<StartTaskCommandInput>) =>
    (await start({ taskDefinition: 'tagged', tags: [{ key: 'app', value: 'call' }], ...input })).tasks?.[0]?.tags;
  expect(await tagsOf({})).toEqual([{ key: 'app', value: 'call' }]);
  expect(await tagsOf({ propagateTags: 'TASK_DEFINITION', enableECSManagedTags: true })).toEqual([
    { key: 'team', value: 'x' },
    { key: 'app', value: 'call' },
    { key: 'aws:ecs:clusterName', value: 'stride' },
  ]);
  await expect(tagsOf({ propagateTags: 'SERVICE' })).rejects.toThrow('there is no service');
});

describe('what is refused as a whole, with nothing started', () => {
  const longValue = (length: number) => ({
    containerOverrides: [{ name: 'main', environment: [{ name: 'A', value: 'x'.repeat(length) }] }],
  });
  const frame = JSON.stringify(longValue(0)).length;
  test.each<[string, Partial<StartTaskCommandInput>, string, string]>([
    ['cluster', { cluster: 'other' }, 'ClusterNotFoundException', 'Cluster not found: other.'],
    ['definition', { taskDefinition: 'none' }, 'ClientException', 'TaskDefinition not found.'],
    ['revision', { taskDefinition: 'shell:9' }, 'ClientException', 'TaskDefinition not found.'],
    ['no instance', { containerInstances: [] }, 'InvalidParameterException', 'containerInstances: needs 1 to 10'],
    [
      '11 instances',
      { containerInstances: Array(11).fill('i') },
      'InvalidParameterException',
      'containerInstances: takes 1 to 10',
    ],
    ['startedBy of 37', { startedBy: 'x'.repeat(37) }, 'InvalidParameterException', 'startedBy: must be up to 36'],
    ['startedBy with a dot', { startedBy: 'a.b' }, 'InvalidParameterException', 'startedBy: must be up to 36 letters'],
    [
      'overrides of 8193',
      { overrides: longValue(8193 - frame) },
      'InvalidParameterException',
      'Container Overrides length must be at most 8192',
    ],
    [
      'a foreign container',
      { overrides: { containerOverrides: [{ name: 'x' }] } },
      'InvalidParameterException',
      'Override for container named x is not a container in the TaskDefinition.',
    ],
    ['a tag', { tags: [{ key: 'a', value: '*' }] }, 'InvalidParameterException', 'tags.0.value: is no tag value'],
    [
      'a member that is not served',
      { volumeConfigurations: [{ name: 'v' }] },
      'InvalidParameterException',
      'volumeConfigurations: not served by ECS of the local cloud; leave it out',
    ],
  ])('%s', async (_name, input, name, message) => {
    await registerShell(local, 'true');
    await expect(start(input)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
    expect(local.events.filter((event) => event['detail-type'] === 'ECS Task State Change')).toEqual([]);
  });

  test('not the largest that fits', async () => {
    await registerShell(local, 'true');
    const arn = await startTask(local, 'shell', { overrides: longValue(8192 - frame), startedBy: 'x'.repeat(36) });
    expect((await describeTask(local, arn)).startedBy).toHaveLength(36);
  });
});
