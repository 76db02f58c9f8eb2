import { createHash } from 'node:crypto';
import {
  CompleteSnapshotCommand,
  GetSnapshotBlockCommand,
  ListChangedBlocksCommand,
  ListSnapshotBlocksCommand,
  PutSnapshotBlockCommand,
  StartSnapshotCommand,
} from '@aws-sdk/client-ebs';
import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DeleteVolumeCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  DetachVolumeCommand,
} from '@aws-sdk/client-ec2';
import type { Side } from './moto-sides.ts';
import type { Recorder } from './recorder.ts';

const BLOCK = Buffer.alloc(524_288, 7);

/** Machines, the life of a volume and of its snapshot, and a snapshot written block by block. */
export async function makeDiskCalls({ ec2, ebs }: Side, recorder: Recorder): Promise<void> {
  const { ask } = recorder;
  const described = await ask('DescribeInstances', () => ec2.send(new DescribeInstancesCommand({})));
  const [machine] = described?.Reservations?.flatMap(({ Instances }) => Instances ?? []) ?? [];
  await ask('DescribeInstances, unknown', () =>
    ec2.send(new DescribeInstancesCommand({ InstanceIds: ['i-00000000000000000'] })),
  );
  const InstanceTypes = machine?.InstanceType === undefined ? [] : [machine.InstanceType];
  await ask('DescribeInstanceTypes', () => ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes })));
  await askForVolume(ec2, recorder, machine?.InstanceId ?? '', machine?.Placement?.AvailabilityZone ?? '');
  await askForBlocks(ebs, recorder);
}

async function askForVolume(ec2: Side['ec2'], recorder: Recorder, InstanceId: string, zone: string): Promise<void> {
  const { ask, askUntil } = recorder;
  const created = await ask('CreateVolume', () =>
    ec2.send(
      new CreateVolumeCommand({
        AvailabilityZone: zone,
        Size: 10,
        VolumeType: 'gp3',
        TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'team', Value: 'judges' }] }],
      }),
    ),
  );
  const VolumeId = created?.VolumeId ?? '';
  const volume = () => ec2.send(new DescribeVolumesCommand({ VolumeIds: [VolumeId] }));
  await askUntil('DescribeVolumes, available', volume, ({ Volumes }) => Volumes?.[0]?.State === 'available');
  await ask('AttachVolume', () => ec2.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device: '/dev/sdf' })));
  const attached = (answer: Awaited<ReturnType<typeof volume>>) =>
    answer.Volumes?.[0]?.Attachments?.[0]?.State === 'attached';
  await askUntil('DescribeVolumes, attached', volume, attached);
  await ask('DeleteVolume, attached', () => ec2.send(new DeleteVolumeCommand({ VolumeId })));
  await ask('DetachVolume', () => ec2.send(new DetachVolumeCommand({ VolumeId, InstanceId, Device: '/dev/sdf' })));
  await askUntil('DescribeVolumes, detached', volume, ({ Volumes }) => Volumes?.[0]?.State === 'available');
  await ask('CreateTags', () =>
    ec2.send(new CreateTagsCommand({ Resources: [VolumeId], Tags: [{ Key: 'more', Value: 'yes' }] })),
  );
  await ask('DeleteTags', () => ec2.send(new DeleteTagsCommand({ Resources: [VolumeId], Tags: [{ Key: 'more' }] })));
  const taken = await ask('CreateSnapshot', () =>
    ec2.send(new CreateSnapshotCommand({ VolumeId, Description: 'judged' })),
  );
  const SnapshotId = taken?.SnapshotId ?? '';
  await askUntil(
    'DescribeSnapshots',
    () => ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [SnapshotId] })),
    ({ Snapshots }) => Snapshots?.[0]?.State === 'completed',
  );
  await ask('DeleteSnapshot', () => ec2.send(new DeleteSnapshotCommand({ SnapshotId })));
  await ask('DescribeSnapshots, deleted', () => ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [SnapshotId] })));
  await ask('DeleteVolume', () => ec2.send(new DeleteVolumeCommand({ VolumeId })));
  const unknown = 'vol-00000000000000000';
  await ask('DescribeVolumes, unknown', () => ec2.send(new DescribeVolumesCommand({ VolumeIds: [unknown] })));
  await ask('AttachVolume, unknown', () =>
    ec2.send(new AttachVolumeCommand({ VolumeId: unknown, InstanceId, Device: '/dev/sdf' })),
  );
}

/** A snapshot and its child, which has one block more. */
async function askForBlocks(ebs: Side['ebs'], { ask, askUntil }: Recorder): Promise<void> {
  const start = { VolumeSize: 1, Description: 'judged' };
  const started = await ask('StartSnapshot', () =>
    ebs.send(new StartSnapshotCommand({ ...start, Tags: [{ Key: 'a', Value: 'b' }] })),
  );
  const SnapshotId = started?.SnapshotId ?? '';
  await ask('PutSnapshotBlock', () => ebs.send(putBlock(SnapshotId, 3)));
  await ask('CompleteSnapshot', () => ebs.send(new CompleteSnapshotCommand({ SnapshotId, ChangedBlocksCount: 1 })));
  // Refused until the snapshot is complete.
  const list = () => ebs.send(new ListSnapshotBlocksCommand({ SnapshotId }));
  const listed = await askUntil('ListSnapshotBlocks', list, ({ Blocks }) => Blocks?.length === 1);
  const [block] = listed.Blocks ?? [];
  await ask('GetSnapshotBlock', async () => {
    const asked = { SnapshotId, BlockIndex: block?.BlockIndex ?? 0, BlockToken: block?.BlockToken ?? '' };
    const { BlockData, ...answer } = await ebs.send(new GetSnapshotBlockCommand(asked));
    return { ...answer, BlockData: await BlockData?.transformToByteArray() };
  });
  const child = await ask('StartSnapshot of a parent', () =>
    ebs.send(new StartSnapshotCommand({ ...start, ParentSnapshotId: SnapshotId })),
  );
  const SecondSnapshotId = child?.SnapshotId ?? '';
  await ebs.send(putBlock(SecondSnapshotId, 4));
  await ebs.send(new CompleteSnapshotCommand({ SnapshotId: SecondSnapshotId, ChangedBlocksCount: 1 }));
  const compare = () => ebs.send(new ListChangedBlocksCommand({ FirstSnapshotId: SnapshotId, SecondSnapshotId }));
  await askUntil('ListChangedBlocks', compare, ({ ChangedBlocks = [] }) => ChangedBlocks.length > 0);
  await ask('ListSnapshotBlocks, unknown', () =>
    ebs.send(new ListSnapshotBlocksCommand({ SnapshotId: 'snap-00000000000000000' })),
  );
}

function putBlock(SnapshotId: string, BlockIndex: number): PutSnapshotBlockCommand {
  return new PutSnapshotBlockCommand({
    SnapshotId,
    BlockIndex,
    BlockData: BLOCK,
    DataLength: BLOCK.length,
    Checksum: createHash('sha256').update(BLOCK).digest('base64'),
    ChecksumAlgorithm: 'SHA256',
  });
}
