import * as z from 'zod';
import type { Snapshot } from '../ebs/disk-entities.ts';
import { newDiskId } from '../ebs/disks.ts';
import { AwsError, LOCAL_ACCOUNT } from '../endpoint/aws-service.ts';
import { applyFilters, type FilterFields, filtersInput } from './filters.ts';
import { findSnapshot, findVolume, operation } from './operation.ts';
import { pageInput, refuseIdsWithPage, takePage } from './paging.ts';
import { tagSpecificationsInput, tagsOfSpecifications, viewTagSet } from './tags-input.ts';

const FIELDS: FilterFields<Snapshot> = {
  description: ({ description }) => description,
  encrypted: ({ encrypted }) => String(encrypted),
  'owner-id': () => LOCAL_ACCOUNT,
  progress: progressOf,
  'snapshot-id': ({ id }) => id,
  'start-time': ({ startedAt }) => new Date(startedAt).toISOString(),
  status: ({ state }) => state,
  'volume-id': ({ volumeId }) => volumeId,
  'volume-size': ({ size }) => String(size),
};

export const snapshotOperations = {
  /** Of a volume's blocks as they are now; nothing writes to a local volume but its own snapshot. */
  CreateSnapshot: operation(
    'CreateSnapshot',
    z.strictObject({
      VolumeId: z.string(),
      Description: z.string().max(255).default(''),
      TagSpecification: tagSpecificationsInput,
    }),
    ({ VolumeId, Description, TagSpecification }, context) => {
      const { disks } = context;
      const volume = findVolume(context, VolumeId);
      if (volume.state !== 'available' && volume.state !== 'in-use') {
        throw new AwsError('IncorrectState', `Volume '${VolumeId}' is in the '${volume.state}' state.`);
      }
      const now = disks.now();
      const snapshot: Snapshot = {
        id: newDiskId('snap'),
        state: 'pending',
        due: now + disks.delays.snapshot,
        volumeId: VolumeId,
        size: volume.size,
        description: Description,
        encrypted: volume.encrypted,
        kmsKeyId: volume.kmsKeyId,
        startedAt: now,
        tags: { ...tagsOfSpecifications(TagSpecification, 'snapshot') },
      };
      const blocks = volume.snapshotId === undefined ? [] : disks.state.blocks.of(volume.snapshotId);
      for (const block of blocks) disks.state.blocks.put({ ...block, snapshotId: snapshot.id, own: false });
      disks.state.snapshots.put(snapshot);
      return viewSnapshot(snapshot);
    },
  ),
  DescribeSnapshots: operation(
    'DescribeSnapshots',
    z.strictObject({
      SnapshotId: z.array(z.string()).optional(),
      Owner: z.array(z.string()).optional(),
      Filter: filtersInput,
      ...pageInput(1000),
    }),
    ({ SnapshotId: ids, Owner: owners, Filter, ...request }, context) => {
      refuseIdsWithPage('snapshotSet', ids, request);
      const all = ids?.map((id) => findSnapshot(context, id)) ?? [...context.disks.state.snapshots.values()];
      const asked = owners === undefined || owners.some((each) => each === 'self' || each === LOCAL_ACCOUNT) ? all : [];
      const { page, nextToken } = takePage(applyFilters(asked, Filter, FIELDS), (snapshot) => snapshot.id, request);
      return { snapshotSet: page.map(viewSnapshot), nextToken };
    },
  ),
  DeleteSnapshot: operation(
    'DeleteSnapshot',
    z.strictObject({ SnapshotId: z.string() }),
    async ({ SnapshotId }, context) => {
      const { state, blocks } = context.disks;
      const snapshot = findSnapshot(context, SnapshotId);
      state.snapshots.delete(snapshot.id);
      await blocks.delete(state.blocks.deleteAll(snapshot.id));
      return { return: true };
    },
  ),
};

function progressOf({ state }: Snapshot): string {
  return state === 'completed' ? '100%' : '0%';
}

function viewSnapshot(snapshot: Snapshot): unknown {
  const { completedAt } = snapshot;
  return {
    snapshotId: snapshot.id,
    volumeId: snapshot.volumeId,
    status: snapshot.state,
    statusMessage: snapshot.stateMessage,
    startTime: new Date(snapshot.startedAt),
    completionTime: completedAt === undefined ? undefined : new Date(completedAt),
    progress: progressOf(snapshot),
    ownerId: LOCAL_ACCOUNT,
    volumeSize: snapshot.size,
    description: snapshot.description,
    encrypted: snapshot.encrypted,
    kmsKeyId: snapshot.kmsKeyId,
    storageTier: 'standard',
    tagSet: viewTagSet(snapshot.tags),
  };
}
