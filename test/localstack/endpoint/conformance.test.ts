import { createHash } from 'node:crypto';
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import * as ebs from '@aws-sdk/client-ebs';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecs from '@aws-sdk/client-ecs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { expect, test, vi } from 'vitest';
import { createAwsEndpoint } from '../../../localstack/endpoint/aws-endpoint.ts';
import type { AwsService } from '../../../localstack/endpoint/aws-service.ts';
import { createEventBridge } from '../../../localstack/event-bridge/event-bridge.ts';
import { PATIENCE } from '../../setup/patience.ts';
import { instanceArns, registerShell, startLocalAws, untilStatus } from '../ecs/local-aws.ts';
import { GROUP, startLocalLogs } from '../logs/local-logs.ts';
import { checkedOperations, checkedService } from './checked-service.ts';

const cluster = 'stride';

test('every operation that the endpoint serves was held against the SDK’s schemas, answered in full', async () => {
  const local = await startLocalAws({ ephemeral: true });
  const bridge = createEventBridge({ file: 'none', buses: [], rules: [], deliver() {}, isTarget: () => false });
  try {
    await callEcs(local.ecs, local);
    await callDisks(local);
    await callEvents(checkedService(bridge.service));
    const served = [local.control.service, local.machines.ec2, local.machines.ebs, bridge.service, await callLogs()];
    const operations = served.flatMap(({ name, operations: names }) => names.map((each) => `${name} ${each}`));
    const unchecked = operations.filter((operation) => !checkedOperations().has(operation));
    expect(unchecked).toEqual([]);
    expect(operations.length).toBeGreaterThan(40);
  } finally {
    bridge.stop();
    await local.close();
  }
});

type Local = Awaited<ReturnType<typeof startLocalAws>>;

async function callEcs(client: ecs.ECSClient, local: Local): Promise<void> {
  const [first = '', second = '', third = ''] = await instanceArns(local);
  await registerShell(local, 'true', { healthCheck: { command: ['CMD', 'true'] } });
  const launch = { cluster, taskDefinition: 'shell', startedBy: 'me', tags: [{ key: 'a', value: 'b' }] };
  const { tasks } = await client.send(
    new ecs.StartTaskCommand({ ...launch, containerInstances: [first, second, '0'.repeat(32)] }),
  );
  const task = tasks?.[0]?.taskArn ?? '';
  await untilStatus(local, task, 'RUNNING');
  await client.send(
    new ecs.RunTaskCommand({ ...launch, clientToken: 't', placementConstraints: [{ type: 'distinctInstance' }] }),
  );
  await client.send(new ecs.ListTasksCommand({ cluster, startedBy: 'me' }));
  await client.send(new ecs.StopTaskCommand({ cluster, task, reason: 'over' }));

  const taskDefinition = 'shell:1';
  await client.send(new ecs.DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }));
  await client.send(new ecs.ListTaskDefinitionsCommand({ familyPrefix: 'shell', sort: 'DESC' }));
  await client.send(new ecs.ListTaskDefinitionFamiliesCommand({ status: 'ALL' }));
  await client.send(new ecs.DeregisterTaskDefinitionCommand({ taskDefinition }));
  await client.send(new ecs.DeleteTaskDefinitionsCommand({ taskDefinitions: [taskDefinition, 'none:1'] }));

  const containerInstances = [first, '0'.repeat(32)];
  const attributes = [{ name: 'color', value: 'blue', targetId: first }];
  await client.send(new ecs.PutAttributesCommand({ cluster, attributes }));
  await client.send(new ecs.ListAttributesCommand({ cluster, targetType: 'container-instance', maxResults: 3 }));
  await client.send(new ecs.DeleteAttributesCommand({ cluster, attributes }));
  await client.send(
    new ecs.DescribeContainerInstancesCommand({
      cluster,
      containerInstances,
      include: ['TAGS', 'CONTAINER_INSTANCE_HEALTH'],
    }),
  );
  await client.send(new ecs.UpdateContainerInstancesStateCommand({ cluster, containerInstances, status: 'DRAINING' }));
  await client.send(new ecs.DeregisterContainerInstanceCommand({ cluster, containerInstance: third, force: true }));

  const { cluster: created } = await client.send(new ecs.CreateClusterCommand({ clusterName: 'other' }));
  const resourceArn = created?.clusterArn ?? '';
  await client.send(new ecs.TagResourceCommand({ resourceArn, tags: [{ key: 'a', value: 'b' }] }));
  await client.send(new ecs.ListTagsForResourceCommand({ resourceArn }));
  await client.send(new ecs.UntagResourceCommand({ resourceArn, tagKeys: ['a'] }));
  await client.send(new ecs.ListClustersCommand({ maxResults: 1 }));
  const include: ecs.ClusterField[] = ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS'];
  await client.send(new ecs.DescribeClustersCommand({ clusters: ['stride', 'none'], include }));
}

async function callDisks({ ec2: machines, ebs: disks, control }: Local): Promise<void> {
  const snapshot = await disks.send(new ebs.StartSnapshotCommand({ VolumeSize: 1, Tags: [{ Key: 'a', Value: 'b' }] }));
  const { SnapshotId = '' } = snapshot;
  const BlockData = new Uint8Array(524_288).fill(7);
  const Checksum = createHash('sha256').update(BlockData).digest('base64');
  const checked = { Checksum, ChecksumAlgorithm: 'SHA256' } as const;
  const DataLength = BlockData.length;
  await disks.send(new ebs.PutSnapshotBlockCommand({ SnapshotId, BlockIndex: 0, BlockData, DataLength, ...checked }));
  await disks.send(new ebs.CompleteSnapshotCommand({ SnapshotId, ChangedBlocksCount: 1 }));
  const completed = { SnapshotIds: [SnapshotId] };
  const stateOf = async () => (await machines.send(new ec2.DescribeSnapshotsCommand(completed))).Snapshots?.[0]?.State;
  await vi.waitFor(async () => expect(await stateOf()).toBe('completed'), PATIENCE);
  const { Blocks } = await disks.send(new ebs.ListSnapshotBlocksCommand({ SnapshotId }));
  const { BlockToken = '' } = Blocks?.[0] ?? {};
  await disks.send(new ebs.GetSnapshotBlockCommand({ SnapshotId, BlockIndex: 0, BlockToken }));
  await disks.send(new ebs.ListChangedBlocksCommand({ FirstSnapshotId: SnapshotId, SecondSnapshotId: SnapshotId }));

  const InstanceId = control.agents()[0]?.ec2InstanceId ?? '';
  const zone = control.agents()[0]?.zone;
  await machines.send(new ec2.DescribeInstanceTypesCommand({}));
  const { VolumeId = '' } = await machines.send(
    new ec2.CreateVolumeCommand({
      AvailabilityZone: zone,
      SnapshotId,
      VolumeType: 'gp3',
      TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'a', Value: 'b' }] }],
    }),
  );
  const is = (state: string) =>
    vi.waitFor(async () => {
      const { Volumes } = await machines.send(new ec2.DescribeVolumesCommand({ VolumeIds: [VolumeId] }));
      expect(Volumes?.[0]?.State).toBe(state);
    }, PATIENCE);
  await is('available');
  await machines.send(new ec2.AttachVolumeCommand({ VolumeId, InstanceId, Device: '/dev/sdf' }));
  await machines.send(new ec2.DescribeInstancesCommand({ InstanceIds: [InstanceId] }));
  await machines.send(new ec2.CreateTagsCommand({ Resources: [VolumeId], Tags: [{ Key: 'c', Value: 'd' }] }));
  await machines.send(new ec2.DeleteTagsCommand({ Resources: [VolumeId], Tags: [{ Key: 'c' }] }));
  const { SnapshotId: copy } = await machines.send(new ec2.CreateSnapshotCommand({ VolumeId }));
  await machines.send(new ec2.DetachVolumeCommand({ VolumeId }));
  await is('available');
  await machines.send(new ec2.DeleteVolumeCommand({ VolumeId }));
  await machines.send(new ec2.DeleteSnapshotCommand({ SnapshotId: copy }));
}

/** What CloudWatch Logs serves, once called. */
async function callLogs(): Promise<AwsService> {
  const local = await startLocalLogs();
  try {
    await local.start('task');
    await local.print('task', 'stdout', 'one\ntwo\n');
    const stream = { logGroupName: GROUP, logStreamName: 'stride/app/task', startFromHead: true };
    const { nextForwardToken } = await local.client.send(new GetLogEventsCommand({ ...stream, limit: 1 }));
    await local.client.send(
      new GetLogEventsCommand({ ...stream, nextToken: nextForwardToken, startTime: 0, endTime: 1, unmask: true }),
    );
    return local.service;
  } finally {
    await local.close();
  }
}

async function callEvents(service: ReturnType<typeof checkedService>): Promise<void> {
  const endpoint = createAwsEndpoint([service]);
  const base = await endpoint.listen();
  const credentials = { accessKeyId: 'K', secretAccessKey: 's' };
  const client = new EventBridgeClient({ region: 'local', credentials, endpoint: `${base}/events` });
  const Entries = [{ Source: 'me', DetailType: 'Done', Detail: '{}', Time: new Date(0), Resources: ['arn'] }, {}];
  await client.send(new PutEventsCommand({ Entries }));
  client.destroy();
  await endpoint.close();
}
