import {
  CreateSnapshotCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  type DescribeSnapshotsCommandInput,
  DescribeVolumesCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LocalAws, startLocalAws } from '../ecs/local-aws.ts';

let local: LocalAws;
let now: number;
beforeEach(async () => {
  now = Date.parse('2026-01-01T00:00:00Z');
  local = await startLocalAws({ ephemeral: true, now: () => now });
});
afterEach(() => local.close());

const pass = () => {
  now += 1000;
};
const aVolume = async (change: object = {}) => {
  const command = new CreateVolumeCommand({ AvailabilityZone: 'local-a', Size: 10, VolumeType: 'gp3', ...change });
  const { VolumeId = '' } = await local.ec2.send(command);
  pass();
  return VolumeId;
};
const describeSnapshots = async (input: DescribeSnapshotsCommandInput) =>
  (await local.ec2.send(new DescribeSnapshotsCommand(input))).Snapshots;

test('a snapshot of a volume, and a volume from it', async () => {
  const VolumeId = await aVolume();
  const startedAt = new Date(now);
  const snapshot = await local.ec2.send(
    new CreateSnapshotCommand({
      VolumeId,
      Description: 'nightly',
      TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'a', Value: 'b' }] }],
    }),
  );
  const SnapshotId = snapshot.SnapshotId ?? '';
  const shown = {
    SnapshotId: expect.stringMatching(/^snap-[0-9a-f]{17}$/),
    VolumeId,
    VolumeSize: 10,
    Description: 'nightly',
    Encrypted: false,
    OwnerId: '000000000000',
    StartTime: startedAt,
    StorageTier: 'standard',
    Tags: [{ Key: 'a', Value: 'b' }],
  };
  expect(snapshot).toEqual({ $metadata: expect.anything(), ...shown, State: 'pending', Progress: '0%' });
  const from = (Size?: number) =>
    local.ec2.send(new CreateVolumeCommand({ AvailabilityZone: 'local-a', SnapshotId, Size }));
  await expect(from()).rejects.toMatchObject({ name: 'IncorrectState' });
  pass();
  expect(await describeSnapshots({ SnapshotIds: [SnapshotId] })).toEqual([
    { ...shown, State: 'completed', Progress: '100%', CompletionTime: new Date(startedAt.getTime() + 500) },
  ]);
  expect(local.events.at(-1)).toMatchObject({
    'detail-type': 'EBS Snapshot Notification',
    source: 'aws.ec2',
    detail: {
      event: 'createSnapshot',
      result: 'succeeded',
      snapshot_id: `arn:aws:ec2:local::snapshot/${SnapshotId}`,
      source: `arn:aws:ec2:local:000000000000:volume/${VolumeId}`,
    },
  });
  expect((await from()).Size).toBe(10);
  expect((await from(12)).Size).toBe(12);
  await expect(from(9)).rejects.toThrow('must be at least that of the snapshot');
  await local.ec2.send(new DeleteSnapshotCommand({ SnapshotId }));
  await expect(describeSnapshots({ SnapshotIds: [SnapshotId] })).rejects.toMatchObject({
    name: 'InvalidSnapshot.NotFound',
  });
  await expect(local.ec2.send(new DeleteSnapshotCommand({ SnapshotId: 'x' }))).rejects.toMatchObject({
    name: 'InvalidSnapshotID.Malformed',
  });
});

test('snapshots by owner and filter', async () => {
  const VolumeId = await aVolume();
  await local.ec2.send(new CreateSnapshotCommand({ VolumeId, Description: 'one' }));
  pass();
  const { SnapshotId } = await local.ec2.send(new CreateSnapshotCommand({ VolumeId, Description: 'two' }));
  const pending = { Filters: [{ Name: 'status', Values: ['pending'] }] };
  expect((await describeSnapshots({ ...pending, OwnerIds: ['self'] }))?.map((each) => each.SnapshotId)).toEqual([
    SnapshotId,
  ]);
  expect(await describeSnapshots({ OwnerIds: ['123456789012'] })).toEqual([]);
  expect(await describeSnapshots({ Filters: [{ Name: 'description', Values: ['t*', 'one'] }] })).toHaveLength(2);
});

test('tags of volumes, snapshots and instances; an instance keeps those that nobody touched', async () => {
  const VolumeId = await aVolume();
  const InstanceId = local.control.agents()[0]?.ec2InstanceId ?? '';
  const tagsOf = async () => {
    const volumes = await local.ec2.send(new DescribeVolumesCommand({ VolumeIds: [VolumeId] }));
    const instances = await local.ec2.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }));
    const asRecord = (tags: { Key?: string | undefined; Value?: string | undefined }[] = []) =>
      Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
    return [asRecord(volumes.Volumes?.[0]?.Tags), asRecord(instances.Reservations?.[0]?.Instances?.[0]?.Tags)];
  };
  const [, given] = await tagsOf();
  const Resources = [VolumeId, InstanceId];
  await local.ec2.send(
    new CreateTagsCommand({
      Resources,
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'stride:disk', Value: '7' },
      ],
    }),
  );
  expect(await tagsOf()).toEqual([
    { a: '1', 'stride:disk': '7' },
    { ...given, a: '1', 'stride:disk': '7' },
  ]);
  await local.ec2.send(new DeleteTagsCommand({ Resources, Tags: [{ Key: 'a', Value: 'other' }] }));
  await local.ec2.send(new DeleteTagsCommand({ Resources, Tags: [{ Key: 'stride:disk' }] }));
  const { 'stride:disk': _gone, ...others } = given ?? {};
  expect(await tagsOf()).toEqual([{ a: '1' }, { ...others, a: '1' }]);
  await local.ec2.send(new DeleteTagsCommand({ Resources: [InstanceId] }));
  expect((await tagsOf())[1]).toEqual({});
  const tooMany = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
  await expect(local.ec2.send(new CreateTagsCommand({ Resources, Tags: tooMany }))).rejects.toMatchObject({
    name: 'TagLimitExceeded',
  });
  expect(await tagsOf()).toEqual([{ a: '1' }, {}]);
  await expect(
    local.ec2.send(new CreateTagsCommand({ Resources: ['ami-1'], Tags: [{ Key: 'a', Value: 'b' }] })),
  ).rejects.toMatchObject({ name: 'InvalidID' });
});
