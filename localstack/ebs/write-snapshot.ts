import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AwsError, LOCAL_ACCOUNT } from '../endpoint/aws-service.ts';
import { BLOCK_BYTES } from './block-store.ts';
import type { Block, Snapshot } from './disk-entities.ts';
import { type Disks, newDiskId } from './disks.ts';
import { findSnapshot, invalid, numberInput, operation, snapshotId } from './ebs-operation.ts';

const MAX_GIB = 65_536;
const BLOCKS_PER_GIB = (1024 * 1024 * 1024) / BLOCK_BYTES;
const MINUTE_MS = 60_000;

/** What EBS shows as the volume of a snapshot that was never one's. */
const NO_VOLUME = 'vol-ffffffff';

/** Service quota: snapshots that are pending at a time (aws.md §3.4). */
const MAX_PENDING = 100;

const sha256 = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, 'must be a SHA-256 in Base64');
const algorithm = z.literal('SHA256');

const startInput = z.strictObject({
  VolumeSize: z.int().min(1).max(MAX_GIB),
  ParentSnapshotId: snapshotId.optional(),
  Tags: z
    .array(z.strictObject({ Key: z.string().min(1).max(127), Value: z.string().max(255).default('') }))
    .max(50)
    .default([]),
  Description: z.string().max(255).default(''),
  ClientToken: z.string().max(255).optional(),
  Encrypted: z.boolean().optional(),
  KmsKeyArn: z.string().max(2048).optional(),
  Timeout: z.int().min(10).max(4320).default(60),
});

const putInput = z.strictObject({
  SnapshotId: snapshotId,
  BlockIndex: numberInput,
  BlockData: z.instanceof(Uint8Array),
  DataLength: numberInput,
  Checksum: sha256,
  ChecksumAlgorithm: algorithm,
  Progress: numberInput.refine((percent) => percent <= 100, 'must be 0-100').optional(),
});

const completeInput = z.strictObject({
  SnapshotId: snapshotId,
  ChangedBlocksCount: numberInput,
  Checksum: sha256.optional(),
  ChecksumAlgorithm: algorithm.optional(),
  ChecksumAggregationMethod: z.literal('LINEAR').optional(),
});

/** A snapshot written block by block: StartSnapshot, PutSnapshotBlock…, CompleteSnapshot. */
export const writeSnapshotOperations = {
  StartSnapshot: operation(startInput, ({ ClientToken: token, ...input }, disks) => {
    const { clientTokens } = disks.state;
    const id = `StartSnapshot ${token}`;
    const request = createHash('sha256').update(JSON.stringify(input)).digest('hex');
    const former = token === undefined ? undefined : clientTokens.get(id);
    if (former === undefined) {
      const snapshot = start(input, disks);
      if (token !== undefined) clientTokens.put({ id, request, resourceId: snapshot.id });
      return viewStarted(snapshot);
    }
    if (former.request === request) {
      return viewStarted(findSnapshot(disks, former.resourceId, 'pending', 'completed', 'error'));
    }
    throw new AwsError('ConflictException', 'The client token was used for another request.', 409);
  }),
  PutSnapshotBlock: operation(putInput, async ({ SnapshotId, BlockIndex, BlockData, DataLength, Checksum }, disks) => {
    const size = openSnapshot(disks, SnapshotId).size;
    if (BlockIndex >= size * BLOCKS_PER_GIB) {
      throw invalid('INVALID_BLOCK', `Block ${BlockIndex} lies beyond the ${size} GiB of the snapshot.`);
    }
    if (DataLength !== BLOCK_BYTES || BlockData.length !== BLOCK_BYTES) {
      throw invalid(
        'INVALID_BLOCK',
        `A block has ${BLOCK_BYTES} bytes; ${BlockData.length} came, ${DataLength} declared.`,
      );
    }
    const hash = await disks.blocks.put(BlockData);
    if (toBase64(hash) !== Checksum) throw invalid('INVALID_BLOCK', 'The checksum is not that of the data.');
    // Time went by while it was written.
    const { direct, ...snapshot } = openSnapshot(disks, SnapshotId);
    disks.state.blocks.put({ snapshotId: SnapshotId, index: BlockIndex, sha256: hash, own: true });
    disks.state.snapshots.put({ ...snapshot, direct: { ...direct, expiresAt: disks.now() + direct.timeoutMs } });
    return { Checksum, ChecksumAlgorithm: 'SHA256' };
  }),
  CompleteSnapshot: operation(completeInput, ({ SnapshotId, ChangedBlocksCount, Checksum }, disks) => {
    const snapshot = findSnapshot(disks, SnapshotId, 'pending', 'completed');
    if (snapshot.state === 'pending' && snapshot.due === undefined) {
      const { direct: _over, ...open } = openSnapshot(disks, SnapshotId);
      refuseIncomplete(disks.state.blocks.of(SnapshotId), ChangedBlocksCount, Checksum);
      disks.state.snapshots.put({ ...open, due: disks.now() + disks.delays.snapshot });
    }
    return { Status: snapshot.state };
  }),
};

function start(input: Omit<z.infer<typeof startInput>, 'ClientToken'>, disks: Disks): Snapshot {
  const { ParentSnapshotId: parentId, Encrypted, KmsKeyArn, Tags } = input;
  if (parentId !== undefined && (Encrypted !== undefined || KmsKeyArn !== undefined)) {
    throw invalid('INVALID_PARAMETER_VALUE', 'ParentSnapshotId excludes Encrypted and KmsKeyArn.');
  }
  const parent = parentId === undefined ? undefined : findSnapshot(disks, parentId, 'completed');
  if (parent !== undefined && input.VolumeSize < parent.size) {
    throw invalid('INVALID_VOLUME_SIZE', `The parent snapshot has ${parent.size} GiB.`);
  }
  const pending = [...disks.state.snapshots.values()].filter((each) => each.direct && each.state === 'pending');
  if (pending.length >= MAX_PENDING) {
    throw new AwsError('ConcurrentLimitExceededException', `${MAX_PENDING} snapshots are pending already.`);
  }
  const now = disks.now();
  const timeoutMs = input.Timeout * MINUTE_MS;
  const snapshot: Snapshot = {
    id: newDiskId('snap'),
    state: 'pending',
    direct: { timeoutMs, expiresAt: now + timeoutMs, parentId },
    volumeId: NO_VOLUME,
    size: input.VolumeSize,
    description: input.Description,
    encrypted: Encrypted ?? parent?.encrypted ?? false,
    kmsKeyId: KmsKeyArn ?? parent?.kmsKeyId,
    startedAt: now,
    tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
  };
  disks.state.snapshots.put(snapshot);
  for (const block of parentId === undefined ? [] : disks.state.blocks.of(parentId)) {
    disks.state.blocks.put({ ...block, snapshotId: snapshot.id, own: false });
  }
  return snapshot;
}

/** A snapshot into which blocks can be put. */
function openSnapshot(disks: Disks, id: string): Snapshot & { readonly direct: NonNullable<Snapshot['direct']> } {
  const snapshot = findSnapshot(disks, id, 'pending');
  const { direct, due } = snapshot;
  if (direct !== undefined && due === undefined) return { ...snapshot, direct };
  throw invalid('INVALID_SNAPSHOT_ID', `The snapshot '${id}' was not started here, or is being completed.`);
}

/** LINEAR: the hash of the written blocks' hashes, in the order of the blocks, as AWS's own uploader computes it. */
function refuseIncomplete(blocks: readonly Block[], count: number, checksum: string | undefined): void {
  const written = blocks.filter((block) => block.own);
  if (written.length !== count) {
    throw invalid('INVALID_PARAMETER_VALUE', `${written.length} blocks were written, not ${count}.`);
  }
  if (checksum === undefined) return;
  const linear = createHash('sha256');
  for (const block of written) linear.update(Buffer.from(block.sha256, 'hex'));
  if (linear.digest('base64') !== checksum) {
    throw invalid('INVALID_PARAMETER_VALUE', 'The checksum is not that of the blocks written.');
  }
}

function viewStarted(snapshot: Snapshot) {
  return {
    SnapshotId: snapshot.id,
    OwnerId: LOCAL_ACCOUNT,
    Status: snapshot.state,
    StartTime: new Date(snapshot.startedAt),
    VolumeSize: snapshot.size,
    BlockSize: BLOCK_BYTES,
    Description: snapshot.description,
    Tags: Object.entries(snapshot.tags).map(([Key, Value]) => ({ Key, Value })),
    ParentSnapshotId: snapshot.direct?.parentId,
    KmsKeyArn: snapshot.kmsKeyId,
  };
}

function toBase64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}
