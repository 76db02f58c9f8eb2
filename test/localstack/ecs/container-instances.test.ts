import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  DeleteAttributesCommand,
  DeregisterContainerInstanceCommand,
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  ListAttributesCommand,
  type ListAttributesCommandInput,
  ListClustersCommand,
  ListContainerInstancesCommand,
  ListServicesCommand,
  ListTagsForResourceCommand,
  PutAttributesCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateContainerInstancesStateCommand,
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

const cluster = 'stride';
let local: LocalAws;
let arns: string[];
beforeEach(async () => {
  const entry = { host: 'node', zone: 'local-b', roles: ['*', 'slave_public'], tags: { team: 'x' }, gpus: 1, count: 3 };
  const agents = settleAgents([agentEntry.parse({ ...entry, attributes: { rack: 'r1' } })]);
  local = await startLocalAws({ ephemeral: true, agents, now: () => 1_700_000_000_000 });
  arns = await instanceArns(local);
});
afterEach(() => local.close());

const describeInstances = (containerInstances: string[]) =>
  local.ecs.send(new DescribeContainerInstancesCommand({ cluster, containerInstances, include: ['TAGS'] }));
const attribute = (name: string, value: string | undefined, targetId = arns[0] ?? '') => ({ name, value, targetId });
const put = (...attributes: ReturnType<typeof attribute>[]) =>
  local.ecs.send(new PutAttributesCommand({ cluster, attributes }));
const listAttributes = async (input: Partial<ListAttributesCommandInput>) => {
  const command = new ListAttributesCommand({ cluster, targetType: 'container-instance', ...input });
  return local.ecs.send(command);
};

test('an agent as a container instance, complete', async () => {
  const stringSet = { type: 'STRINGSET', doubleValue: 0, longValue: 0, integerValue: 0 };
  const integer = { type: 'INTEGER', doubleValue: 0, longValue: 0 };
  const resources = [
    { name: 'CPU', ...integer, integerValue: 4096 },
    { name: 'MEMORY', ...integer, integerValue: 8192 },
    { name: 'PORTS', ...stringSet, stringSetValue: ['22', '2375', '2376', '51678', '51679', '51680'] },
    { name: 'PORTS_UDP', ...stringSet, stringSetValue: [] },
    { name: 'GPU', ...stringSet, stringSetValue: ['gpu-0'] },
  ];
  const { containerInstances, failures } = await describeInstances(['0'.repeat(32), arns[0] ?? '']);
  expect(failures).toEqual([
    { arn: `arn:aws:ecs:local:000000000000:container-instance/stride/${'0'.repeat(32)}`, reason: 'MISSING' },
  ]);
  expect(containerInstances).toEqual([
    {
      agentConnected: true,
      attachments: [],
      attributes: expect.arrayContaining([
        { name: 'rack', value: 'r1' },
        { name: 'ecs.availability-zone', value: 'local-b' },
        { name: 'ecs.os-type', value: 'linux' },
        { name: 'ecs.instance-type', value: 'local.4cpu' },
      ]),
      containerInstanceArn: arns[0],
      ec2InstanceId: expect.stringMatching(/^i-[0-9a-f]{17}$/),
      pendingTasksCount: 0,
      registeredAt: new Date(1_700_000_000_000),
      registeredResources: resources,
      remainingResources: resources,
      runningTasksCount: 0,
      status: 'ACTIVE',
      tags: [
        { key: 'team', value: 'x' },
        { key: 'stride:roles', value: 'any slave_public' },
        { key: 'stride:disk', value: '20480' },
        { key: 'stride:ports', value: '31000-31332' },
        { key: 'stride:region', value: 'local' },
      ],
      version: 1,
      versionInfo: { agentHash: '0000000', agentVersion: '1.0.0', dockerVersion: 'none' },
    },
  ]);
});

test('lists page by page and by status; draining is announced and can be taken back', async () => {
  const list = async (input: object) =>
    (await local.ecs.send(new ListContainerInstancesCommand({ cluster, ...input }))).containerInstanceArns;
  const first = await local.ecs.send(new ListContainerInstancesCommand({ cluster, maxResults: 2 }));
  const second = await list({ maxResults: 2, nextToken: first.nextToken });
  expect([...(first.containerInstanceArns ?? []), ...(second ?? [])]).toEqual(arns.toSorted());

  const update = (status: 'ACTIVE' | 'DRAINING') =>
    local.ecs.send(
      new UpdateContainerInstancesStateCommand({
        cluster,
        containerInstances: [arns[1] ?? '', '0'.repeat(32)],
        status,
      }),
    );
  local.events.length = 0;
  const { containerInstances, failures } = await update('DRAINING');
  expect(containerInstances?.map((each) => [each.containerInstanceArn, each.status])).toEqual([[arns[1], 'DRAINING']]);
  expect(failures?.map((each) => each.reason)).toEqual(['MISSING']);
  expect(local.events.map((event) => [event['detail-type'], event.detail['status'], event.detail['version']])).toEqual([
    ['ECS Container Instance State Change', 'DRAINING', 2],
  ]);
  expect(await list({ status: 'DRAINING' })).toEqual([arns[1]]);
  expect(await list({})).toHaveLength(3);
  await update('ACTIVE');
  expect(await list({ status: 'ACTIVE' })).toHaveLength(3);
});

describe('attributes', () => {
  test('are put, listed and deleted, without any event', async () => {
    local.events.length = 0;
    await put(attribute('color', 'blue'), attribute('ssd', undefined), attribute('color', 'red', arns[1]));
    const byName = await listAttributes({ attributeName: 'color' });
    expect(byName.attributes?.toSorted((a, b) => ((a.value ?? '') < (b.value ?? '') ? -1 : 1))).toEqual([
      { name: 'color', value: 'blue', targetType: 'container-instance', targetId: arns[0] },
      { name: 'color', value: 'red', targetType: 'container-instance', targetId: arns[1] },
    ]);
    const byValue = await listAttributes({ attributeName: 'color', attributeValue: 'red' });
    expect(byValue.attributes?.map((each) => each.targetId)).toEqual([arns[1]]);
    expect((await listAttributes({ attributeName: 'ssd' })).attributes).toEqual([
      { name: 'ssd', targetType: 'container-instance', targetId: arns[0] },
    ]);
    await local.ecs.send(
      new DeleteAttributesCommand({ cluster, attributes: [{ name: 'color', targetId: arns[0] ?? '' }] }),
    );
    expect((await listAttributes({ attributeName: 'color' })).attributes?.map((each) => each.value)).toEqual(['red']);
    expect(local.events).toEqual([]);
  });

  test('list page by page, each once', async () => {
    const all = (await listAttributes({})).attributes ?? [];
    const page = await listAttributes({ maxResults: 4 });
    const rest = await listAttributes({ ...(page.nextToken && { nextToken: page.nextToken }) });
    expect([...(page.attributes ?? []), ...(rest.attributes ?? [])]).toEqual(all);
  });

  test.each<[string, () => Promise<unknown>, string, string]>([
    [
      '11 in a call',
      () => put(...Array.from({ length: 11 }, (_, i) => attribute(`a${i}`, 'v'))),
      'InvalidParameterException',
      'attributes:',
    ],
    [
      '11 on an instance',
      () => put(...Array.from({ length: 10 }, (_, i) => attribute(`a${i}`, 'v'))),
      'AttributeLimitExceededException',
      '11 custom attributes; 10 are allowed',
    ],
    ['a space at the end', () => put(attribute('a', 'b ')), 'InvalidParameterException', 'attributes.0.value'],
    ['a built-in name', () => put(attribute('ecs.os-type', 'x')), 'InvalidParameterException', 'is reserved'],
    [
      'an unknown target',
      () => put(attribute('a', 'b', `${arns[0]}0`)),
      'TargetNotFoundException',
      'target was not found',
    ],
    ['an id without type', () => put(attribute('a', 'b', '0'.repeat(32))), 'InvalidParameterException', 'targetType'],
    [
      'a value without name',
      () => listAttributes({ attributeValue: 'x' }),
      'InvalidParameterException',
      'needs attributeName',
    ],
  ])('%s is refused', async (_name, send, name, message) => {
    const before = await listAttributes({});
    await expect(send()).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
    expect((await listAttributes({})).attributes).toEqual(before.attributes);
  });
});

describe('ListContainerInstances', () => {
  const list = async (filter: string) =>
    (await local.ecs.send(new ListContainerInstancesCommand({ cluster, filter }))).containerInstanceArns;

  test('filters by a cluster query', async () => {
    await put(attribute('color', 'blue', arns[1]));
    expect(await list('attribute:color == blue and agentConnected == true')).toEqual([arns[1]]);
    expect(await list('attribute:color !exists')).toEqual([arns[0], arns[2]].toSorted());
    await expect(list('color == blue')).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining("filter: Invalid subject 'color'"),
    });
  });
});

describe('DeregisterContainerInstance', () => {
  const deregister = (containerInstance: string, force?: boolean) =>
    local.ecs.send(new DeregisterContainerInstanceCommand({ cluster, containerInstance, force }));

  test('an idle one: INACTIVE for ECS, running for EC2, and known by its ARN still', async () => {
    local.events.length = 0;
    const { containerInstance } = await deregister(arns[0] ?? '');
    expect([containerInstance?.status, containerInstance?.agentConnected]).toEqual(['INACTIVE', false]);
    expect(local.events.map(({ detail }) => [detail['containerInstanceArn'], detail['status']])).toEqual([
      [arns[0], 'INACTIVE'],
    ]);
    expect((await instanceArns(local)).toSorted()).toEqual(arns.slice(1).toSorted());
    expect((await describeInstances(arns.slice(0, 1))).containerInstances?.[0]?.status).toBe('INACTIVE');
    const { Reservations } = await local.ec2.send(
      new DescribeInstancesCommand({ InstanceIds: [containerInstance?.ec2InstanceId ?? ''] }),
    );
    expect(Reservations?.[0]?.Instances?.[0]?.State?.Name).toBe('running');
    await expect(deregister(arns[0] ?? '')).rejects.toThrow('The referenced container instance was not found.');
  });

  test('with tasks only by force: ECS counts them stopped, without a stop code', async () => {
    const [first = ''] = arns;
    const arn = await startTask(local, await registerShell(local, 'true'));
    await untilStatus(local, arn, 'RUNNING');
    await expect(deregister(first)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Found running tasks on the instance.',
    });
    await deregister(first, true);
    const task = await describeTask(local, arn);
    expect([task.lastStatus, task.desiredStatus, task.stopCode, task.stoppedReason, task.connectivity]).toEqual([
      'STOPPED',
      'STOPPED',
      undefined,
      'Container instance deregistration forced by user',
      'DISCONNECTED',
    ]);
    await expect(startTask(local, 'shell', { containerInstances: [first] })).rejects.toThrow('"reason":"INACTIVE"');
  });
});

test('the health of an instance’s runtime, on demand', async () => {
  const healthOf = async () => {
    const command = new DescribeContainerInstancesCommand({
      cluster,
      containerInstances: arns.slice(0, 1),
      include: ['CONTAINER_INSTANCE_HEALTH'],
    });
    return (await local.ecs.send(command)).containerInstances?.[0]?.healthStatus;
  };
  const at = new Date(1_700_000_000_000);
  const detail = { type: 'CONTAINER_RUNTIME', lastUpdated: at, lastStatusChange: at };
  expect(await healthOf()).toEqual({ overallStatus: 'OK', details: [{ ...detail, status: 'OK' }] });
  local.control.setAgentConnected('node-1', false);
  expect((await healthOf())?.overallStatus).toBe('INSUFFICIENT_DATA');
});

test('tags of any resource', async () => {
  const resourceArn = arns[2] ?? '';
  const tags = async (arn = resourceArn) =>
    (await local.ecs.send(new ListTagsForResourceCommand({ resourceArn: arn }))).tags;
  await local.ecs.send(new TagResourceCommand({ resourceArn, tags: [{ key: 'a', value: 'b' }] }));
  await local.ecs.send(new UntagResourceCommand({ resourceArn, tagKeys: ['team', 'stride:ports', 'stride:region'] }));
  expect(await tags()).toEqual([
    { key: 'stride:roles', value: 'any slave_public' },
    { key: 'stride:disk', value: '20480' },
    { key: 'a', value: 'b' },
  ]);
  const { cluster: created } = await local.ecs.send(
    new CreateClusterCommand({ clusterName: 'other', tags: [{ key: 'x', value: 'y' }] }),
  );
  expect(await tags(created?.clusterArn ?? '')).toEqual([{ key: 'x', value: 'y' }]);
  await expect(tags(`${arns[0]}0`)).rejects.toMatchObject({ name: 'ClientException' });
  const many = Array.from({ length: 50 }, (_, i) => ({ key: `k${i}`, value: '' }));
  await expect(local.ecs.send(new TagResourceCommand({ resourceArn, tags: many }))).rejects.toThrow('50 at most');
});

test('clusters: one from the start, more on demand, unknown ones as failures', async () => {
  await local.ecs.send(new CreateClusterCommand({ clusterName: 'other' }));
  const { clusterArns } = await local.ecs.send(new ListClustersCommand({}));
  expect(clusterArns).toEqual(['other', 'stride'].map((name) => `arn:aws:ecs:local:000000000000:cluster/${name}`));
  const { clusters, failures } = await local.ecs.send(new DescribeClustersCommand({ clusters: ['stride', 'none'] }));
  expect(clusters).toMatchObject([
    { clusterName: 'stride', status: 'ACTIVE', registeredContainerInstancesCount: 3, runningTasksCount: 0 },
  ]);
  expect(clusters?.[0]?.statistics).toEqual([]);
  const { clusters: detailed } = await local.ecs.send(
    new DescribeClustersCommand({ clusters: ['stride'], include: ['STATISTICS', 'SETTINGS'] }),
  );
  expect(detailed?.[0]?.statistics).toContainEqual({ name: 'runningEC2TasksCount', value: '0' });
  expect(detailed?.[0]?.settings).toEqual([{ name: 'containerInsights', value: 'disabled' }]);
  expect(failures).toEqual([{ arn: 'arn:aws:ecs:local:000000000000:cluster/none', reason: 'MISSING' }]);
});

test('an operation that is not served is named', async () => {
  await expect(local.ecs.send(new ListServicesCommand({ cluster }))).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringMatching(/^ECS of the local cloud does not serve ListServices; it serves CreateCluster, /),
  });
});

describe('agent commands', () => {
  const connectedOf = async () =>
    (await describeInstances(arns)).containerInstances?.map((each) => each.agentConnected);

  test('connection changes are announced once', async () => {
    local.events.length = 0;
    local.control.setAgentConnected('node-2', false);
    local.control.setAgentConnected('node-2', false);
    expect(await connectedOf()).toEqual([true, false, true]);
    local.control.setAgentConnected('node-2', true);
    expect(local.events.map((event) => event.detail['agentConnected'])).toEqual([false, true]);
  });

  test('drain and back, an unknown host, a killed one, a host that is taken', () => {
    expect(local.control.drain('node-1', true).status).toBe('DRAINING');
    expect(local.control.drain('node-1', false).status).toBe('ACTIVE');
    expect(() => local.control.drain('x', true)).toThrow('no agent x; there are node-1, node-2, node-3');
    local.control.kill('node-3');
    expect(() => local.control.setAgentConnected('node-3', true)).toThrow('agent node-3 is killed: return it first');
    const [agent] = settleAgents([agentEntry.parse({ host: 'node-1' })]);
    if (agent === undefined) throw new Error('no agent');
    expect(() => local.control.add(agent)).toThrow('host node-1 is an agent already');
  });
});
