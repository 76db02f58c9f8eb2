import {
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  DescribeInstanceTypesCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentEntry } from '../../../localstack/agents/agent-spec.ts';
import { settleAgents } from '../../../localstack/agents/settle-agents.ts';
import { type LocalAws, startLocalAws } from '../ecs/local-aws.ts';

let local: LocalAws;
beforeAll(async () => {
  const entries = [
    agentEntry.parse({ host: '127.0.0.11', zone: 'local-b', tags: { team: 'a=b' }, count: 7 }),
    agentEntry.parse({ host: 'node.example' }),
  ];
  local = await startLocalAws({ agents: settleAgents(entries), ephemeral: true });
});
afterAll(() => local.close());

const describeInstances = async (input: DescribeInstancesCommandInput) => {
  const { Reservations = [], NextToken } = await local.ec2.send(new DescribeInstancesCommand(input));
  return { instances: Reservations.flatMap((each) => each.Instances ?? []), NextToken };
};
const idOf = (host: string) => local.control.agents().find((each) => each.host === host)?.ec2InstanceId ?? '';

test('an instance by its id, with everything that is known of it', async () => {
  const { instances } = await describeInstances({ InstanceIds: [idOf('127.0.0.12')] });
  const launchTime = local.control.agents().find((each) => each.host === '127.0.0.12')?.registeredAt ?? 0;
  expect(instances).toEqual([
    {
      InstanceId: idOf('127.0.0.12'),
      InstanceType: 'local.4cpu',
      State: { Code: 16, Name: 'running' },
      PrivateDnsName: '127.0.0.12',
      PrivateIpAddress: '127.0.0.12',
      LaunchTime: new Date(launchTime),
      Placement: { AvailabilityZone: 'local-b', Tenancy: 'default' },
      SubnetId: expect.stringMatching(/^subnet-[0-9a-f]{17}$/),
      VpcId: 'vpc-00000000000000000',
      BlockDeviceMappings: [],
      Tags: [
        { Key: 'team', Value: 'a=b' },
        { Key: 'stride:roles', Value: 'any' },
        { Key: 'stride:disk', Value: '20480' },
        { Key: 'stride:ports', Value: '31125-31249' },
        { Key: 'stride:region', Value: 'local' },
      ],
    },
  ]);
});

test('a host with a name lives on this machine', async () => {
  const { instances } = await describeInstances({ InstanceIds: [idOf('node.example')] });
  expect(instances.map((each) => [each.PrivateDnsName, each.PrivateIpAddress])).toEqual([
    ['node.example', '127.0.0.1'],
  ]);
});

test('all instances, page by page, each once', async () => {
  const seen: (string | undefined)[] = [];
  let NextToken: string | undefined;
  const sizes: number[] = [];
  do {
    const page = await describeInstances({ MaxResults: 5, ...(NextToken && { NextToken }) });
    seen.push(...page.instances.map((each) => each.InstanceId));
    sizes.push(page.instances.length);
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  expect(sizes).toEqual([5, 3]);
  expect(seen).toEqual(
    local.control
      .agents()
      .map((each) => each.ec2InstanceId)
      .toSorted(),
  );
});

test('filters: all must let through, unknown ids are left out', async () => {
  const { instances } = await describeInstances({
    Filters: [
      { Name: 'instance-id', Values: [idOf('127.0.0.11'), idOf('127.0.0.13'), 'i-00000000000000000'] },
      { Name: 'tag:team', Values: ['a=b'] },
      { Name: 'private-ip-address', Values: ['127.0.0.13'] },
    ],
  });
  expect(instances.map((each) => each.InstanceId)).toEqual([idOf('127.0.0.13')]);
});

test.each([
  ['127.0.0.1?', 7],
  ['*.example', 1],
  ['127.0.0.1', 0],
  ['127*11', 1],
])('the wildcards of %s let through %i', async (value, count) => {
  const { instances } = await describeInstances({ Filters: [{ Name: 'private-dns-name', Values: [value] }] });
  expect(instances).toHaveLength(count);
});

test('the types of the machines, with their room for volumes', async () => {
  const { InstanceTypes } = await local.ec2.send(
    new DescribeInstanceTypesCommand({ InstanceTypes: ['local.4cpu' as 'm5.large'] }),
  );
  expect(InstanceTypes).toEqual([
    {
      InstanceType: 'local.4cpu',
      CurrentGeneration: true,
      FreeTierEligible: false,
      BareMetal: false,
      Hypervisor: 'nitro',
      InstanceStorageSupported: false,
      SupportedUsageClasses: ['on-demand'],
      ProcessorInfo: { SupportedArchitectures: [expect.stringMatching(/^(arm64|x86_64)$/)] },
      VCpuInfo: { DefaultVCpus: 4 },
      MemoryInfo: { SizeInMiB: 8192 },
      NetworkInfo: { MaximumNetworkInterfaces: 4 },
      EbsInfo: {
        EbsOptimizedSupport: 'default',
        EncryptionSupport: 'supported',
        NvmeSupport: 'required',
        MaximumEbsAttachments: 28,
        AttachmentLimitType: 'shared',
      },
    },
  ]);
  const unknown = new DescribeInstanceTypesCommand({ InstanceTypes: ['m5.large'] });
  await expect(local.ec2.send(unknown)).rejects.toMatchObject({
    name: 'InvalidInstanceType',
    message: 'The following supplied instance types do not exist: [m5.large]',
  });
});

test('a killed agent shows as stopped until it returns', async () => {
  const states = async () =>
    (await describeInstances({ InstanceIds: [idOf('127.0.0.14')] })).instances.map((each) => each.State?.Name);
  local.events.length = 0;
  local.control.kill('127.0.0.14');
  expect(await states()).toEqual(['stopped']);
  local.control.return('127.0.0.14');
  expect(await states()).toEqual(['running']);
  const told = local.events.filter((event) => event.source === 'aws.ec2');
  const id = idOf('127.0.0.14');
  expect(told.map((event) => [event['detail-type'], event.resources, event.detail])).toEqual(
    ['stopped', 'running'].map((state) => [
      'EC2 Instance State-change Notification',
      [`arn:aws:ec2:local:000000000000:instance/${id}`],
      { 'instance-id': id, state },
    ]),
  );
});

describe('what EC2 refuses', () => {
  const unknown = 'i-0123456789abcdef0';
  test.each<[string, DescribeInstancesCommandInput, string]>([
    ['InvalidInstanceID.NotFound', { InstanceIds: [unknown] }, `The instance ID '${unknown}' does not exist`],
    ['InvalidInstanceID.Malformed', { InstanceIds: ['web-1'] }, 'Invalid id: "web-1"'],
    [
      'InvalidParameterCombination',
      { InstanceIds: [unknown], MaxResults: 5 },
      'The parameter instancesSet cannot be used with the parameter maxResults',
    ],
    ['InvalidParameterValue', { Filters: [{ Name: 'image-id', Values: ['v'] }] }, "the filter 'image-id'"],
    ['FilterLimitExceeded', { Filters: [{ Name: 'instance-id', Values: Array(201).fill(unknown) }] }, '201 values'],
    ['InvalidParameterValue', { MaxResults: 4 }, 'MaxResults'],
    ['InvalidParameterValue', { DryRun: true }, 'DryRun'],
    ['InvalidNextToken', { NextToken: 'x' }, 'the token x'],
  ])('%s', async (name, input, message) => {
    await expect(describeInstances(input)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });

  test('other operations, by name', async () => {
    const command = new RunInstancesCommand({ ImageId: 'ami-1', MinCount: 1, MaxCount: 1 });
    await expect(local.ec2.send(command)).rejects.toMatchObject({
      name: 'InvalidAction',
      message: expect.stringMatching(/^EC2 of the local cloud does not serve RunInstances; it serves AttachVolume, /),
    });
  });
});
