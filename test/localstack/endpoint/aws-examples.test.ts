import * as ec2 from '@aws-sdk/client-ec2';
import * as ecs from '@aws-sdk/client-ecs';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { agentEntry } from '../../../localstack/agents/agent-spec.ts';
import { settleAgents } from '../../../localstack/agents/settle-agents.ts';
import { instanceArns, type LocalAws, startLocalAws, untilStatus } from '../ecs/local-aws.ts';
import { type AwsExample, memberPaths, readExamples } from './aws-examples.ts';

/**
 * AWS's own examples as calls: each request is made here, with the ids of what is here, and has to be taken; whatever
 * member AWS's answer has, ours has too. (No package has examples of the EBS direct APIs.)
 */

const agents = settleAgents([agentEntry.parse({ host: '10.0.0.1', zone: 'us-east-1a', count: 2 })]);
const probe = await startLocalAws({ agents, ephemeral: true });
const OPERATIONS = { ecs: probe.control.service.operations, ec2: probe.machines.ec2.operations };
await probe.close();

interface Case extends AwsExample {
  readonly service: 'ecs' | 'ec2';
  readonly operation: string;
}

const casesOf = async (service: 'ecs' | 'ec2'): Promise<readonly Case[]> => {
  const lists = OPERATIONS[service].map(async (operation) => {
    const examples = await readExamples(service, operation);
    return examples.map((example) => ({ ...example, service, operation }));
  });
  return (await Promise.all(lists)).flat();
};
const CASES = [...(await casesOf('ecs')), ...(await casesOf('ec2'))];

/** What AWS shows in an example and we do not, with the reason. */
const EXPLAINED: Readonly<Record<string, string>> = {
  'ec2 DescribeVolumes NextToken': 'AWS’s example shows an empty token at the end; its SDKs take none for the end',
  'ec2 DescribeSnapshots NextToken': 'the same',
};

const explained = new Set<string>();
let local: LocalAws;
let now = Date.parse('2026-01-01T00:00:00Z');

afterEach(() => local.close());
afterAll(() => {
  expect([...explained].toSorted()).toEqual(Object.keys(EXPLAINED).toSorted());
});

describe('the example', () => {
  test.each(CASES)('$service $operation: $title', async ({ service, operation, input, answer }) => {
    local = await startLocalAws({ agents, ephemeral: true, now: () => now });
    const given = await callExample(service, operation, { ...input });
    const wanted = [...memberPaths(answer)];
    const paths = memberPaths(given);
    const missing = wanted.filter((path) => !paths.has(path)).map((path) => `${service} ${operation} ${path}`);
    for (const path of missing) if (path in EXPLAINED) explained.add(path);
    expect(missing.filter((path) => !(path in EXPLAINED))).toEqual([]);
  });
});

test('there are examples of all operations but these', async () => {
  local = await startLocalAws({ agents, ephemeral: true });
  const withExamples = new Set(CASES.map(({ service, operation }) => `${service} ${operation}`));
  const served = [...OPERATIONS.ecs.map((each) => `ecs ${each}`), ...OPERATIONS.ec2.map((each) => `ec2 ${each}`)];
  expect(served.filter((operation) => !withExamples.has(operation))).toEqual(['ec2 DescribeInstanceTypes']);
});

/** Makes what the example speaks of, and the call. */
async function callExample(
  service: 'ecs' | 'ec2',
  operation: string,
  input: Record<string, unknown>,
): Promise<unknown> {
  const prepared = service === 'ecs' ? await prepareEcs(operation, input) : await prepareEc2(operation, input);
  const commands: object = service === 'ecs' ? ecs : ec2;
  const Command: unknown = new Map<string, unknown>(Object.entries(commands)).get(`${operation}Command`);
  if (typeof Command !== 'function') throw new Error(`no command ${operation}`);
  const command = Reflect.construct(Command, [prepared]);
  const { $metadata: _metadata, ...answer } = await (service === 'ecs'
    ? local.ecs.send(command)
    : local.ec2.send(command));
  return answer;
}

const container = { name: 'main', image: 'nginx', memory: 10, links: ['db'], portMappings: [{ containerPort: 80 }] };

async function register(family: string, revisions = 1, change: object = {}): Promise<void> {
  const containerDefinitions = [{ ...container, command: ['x'], entryPoint: ['y'], ...change }];
  const volumes = [{ name: 'v', host: { sourcePath: '/v' } }];
  for (let revision = 0; revision < revisions; revision += 1) {
    await local.ecs.send(new ecs.RegisterTaskDefinitionCommand({ family, containerDefinitions, volumes }));
  }
}

/** A running task in bridge mode; ids in the example's stead. */
async function aTask(): Promise<string> {
  const [first = ''] = await instanceArns(local);
  await register('example');
  const { tasks } = await local.ecs.send(
    new ecs.StartTaskCommand({
      cluster: 'stride',
      taskDefinition: 'example',
      containerInstances: [first],
      startedBy: 'example',
    }),
  );
  const arn = tasks?.[0]?.taskArn ?? '';
  await untilStatus(local, arn, 'RUNNING');
  return arn;
}

async function prepareEcs(operation: string, input: Record<string, unknown>): Promise<object> {
  const [first = ''] = await instanceArns(local);
  const here = { ...input, cluster: 'stride' };
  const attributes = [{ name: 'stack', value: 'production', targetId: first }];
  const putAttributes = () => local.ecs.send(new ecs.PutAttributesCommand({ cluster: 'stride', attributes }));
  const resourceArn = 'arn:aws:ecs:local:000000000000:cluster/dev';
  switch (operation) {
    case 'RunTask':
    case 'StartTask':
      await register('sleep360');
      await register('hello-world');
      return { ...here, ...(operation === 'StartTask' && { containerInstances: [first] }) };
    case 'StopTask':
      return { ...here, task: await aTask() };
    case 'DescribeTasks':
      return { ...here, tasks: [await aTask()] };
    case 'ListTasks':
      await aTask();
      return { ...here, ...('containerInstance' in input && { containerInstance: first }) };
    case 'DescribeContainerInstances':
    case 'UpdateContainerInstancesState':
      return { ...here, containerInstances: [first] };
    case 'DeregisterContainerInstance':
      return { ...here, containerInstance: first };
    case 'PutAttributes':
      return { ...here, attributes };
    case 'DeleteAttributes':
    case 'ListAttributes':
      await putAttributes();
      return { ...here, ...(operation === 'DeleteAttributes' && { attributes }) };
    case 'DescribeTaskDefinition':
      await register('hello_world', 8, { environment: [{ name: 'A', value: 'b' }] });
      return input;
    case 'DeregisterTaskDefinition':
      await register('fargate-task');
      return input;
    case 'DeleteTaskDefinitions': {
      await register('Example-task-definition');
      const taskDefinition = 'Example-task-definition:1';
      await local.ecs.send(new ecs.DeregisterTaskDefinitionCommand({ taskDefinition }));
      return input;
    }
    case 'TagResource':
    case 'UntagResource':
    case 'ListTagsForResource':
      await local.ecs.send(new ecs.CreateClusterCommand({ clusterName: 'dev', tags: [{ key: 'team', value: 'dev' }] }));
      return { ...input, resourceArn };
    case 'ListContainerInstances':
      return here;
    case 'DescribeClusters':
      await local.ecs.send(new ecs.CreateClusterCommand({}));
      return input;
    default:
      await register('wordpress');
      return input;
  }
}

async function prepareEc2(operation: string, input: Record<string, unknown>): Promise<object> {
  const InstanceId = local.control.agents()[0]?.ec2InstanceId ?? '';
  const settled = () => {
    now += 10_000;
  };
  const { VolumeId = '' } = await local.ec2.send(
    new ec2.CreateVolumeCommand({ AvailabilityZone: 'us-east-1a', Size: 8, VolumeType: 'gp3' }),
  );
  settled();
  const { SnapshotId = '' } = await local.ec2.send(new ec2.CreateSnapshotCommand({ VolumeId, Description: 'mine' }));
  if (!('Filters' in input)) settled();
  const attach = () => local.ec2.send(new ec2.AttachVolumeCommand({ VolumeId, InstanceId, Device: '/dev/sdb' }));
  switch (operation) {
    case 'AttachVolume':
      return { ...input, InstanceId, VolumeId };
    case 'DetachVolume':
      await attach();
      return { ...input, VolumeId };
    case 'DescribeVolumes':
      await attach();
      settled();
      return 'Filters' in input ? { Filters: [{ Name: 'attachment.instance-id', Values: [InstanceId] }] } : input;
    case 'DescribeSnapshots':
      return { ...input, ...('SnapshotIds' in input ? { SnapshotIds: [SnapshotId] } : { OwnerIds: ['000000000000'] }) };
    case 'CreateSnapshot':
    case 'DeleteVolume':
      return { ...input, VolumeId };
    case 'DeleteSnapshot':
      return { ...input, SnapshotId };
    case 'CreateVolume':
      return { ...input, ...('SnapshotId' in input && { SnapshotId }) };
    case 'CreateTags':
    case 'DeleteTags':
      return { ...input, Resources: [VolumeId] };
    case 'DescribeInstances':
      return { ...input, ...('InstanceIds' in input && { InstanceIds: [InstanceId] }) };
    default:
      return input;
  }
}
