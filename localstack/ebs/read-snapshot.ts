import * as z from 'zod';
import { BLOCK_BYTES } from './block-store.ts';
import { BLOCK_TOKEN_MS, readBlockToken, readPageToken, toBlockToken, toPageToken } from './block-tokens.ts';
import type { Disks } from './disks.ts';
import { findSnapshot, invalid, numberInput, operation, snapshotId } from './ebs-operation.ts';

const pageInput = {
  NextToken: z.string().optional(),
  MaxResults: numberInput.refine((size) => size >= 100 && size <= 10_000, 'must be 100-10000').default(10_000),
  StartingBlockIndex: numberInput.default(0),
};

interface PageRequest {
  readonly NextToken?: string | undefined;
  readonly MaxResults: number;
  readonly StartingBlockIndex: number;
}

/** Completed snapshots, block by block. */
export const readSnapshotOperations = {
  ListSnapshotBlocks: operation(
    z.strictObject({ SnapshotId: snapshotId, ...pageInput }),
    ({ SnapshotId, ...request }, disks) => {
      const { size } = findSnapshot(disks, SnapshotId, 'completed');
      const listing = SnapshotId;
      const { page, ...rest } = takePage(disks.state.blocks.of(SnapshotId), listing, request, disks);
      const Blocks = page.map((block) => ({
        BlockIndex: block.index,
        BlockToken: toBlockToken(SnapshotId, block, disks.now()),
      }));
      return { Blocks, VolumeSize: size, ...rest };
    },
  ),
  ListChangedBlocks: operation(
    z.strictObject({ FirstSnapshotId: snapshotId.optional(), SecondSnapshotId: snapshotId, ...pageInput }),
    ({ FirstSnapshotId: first, SecondSnapshotId: second, ...request }, disks) => {
      const { size } = findSnapshot(disks, second, 'completed');
      if (first === undefined) throw invalid('INVALID_PARAMETER_VALUE', 'FirstSnapshotId is needed.');
      findSnapshot(disks, first, 'completed');
      const { page, ...rest } = takePage(changedBlocks(disks, first, second), `${first} ${second}`, request, disks);
      return { ChangedBlocks: page.map(({ index: _index, ...block }) => block), VolumeSize: size, ...rest };
    },
  ),
  GetSnapshotBlock: operation(
    z.strictObject({ SnapshotId: snapshotId, BlockIndex: numberInput, BlockToken: z.string() }),
    async ({ SnapshotId, BlockIndex, BlockToken }, disks) => {
      findSnapshot(disks, SnapshotId, 'completed');
      const sha256 = readBlockToken(BlockToken, SnapshotId, BlockIndex, disks.now());
      const BlockData = await disks.blocks.get(sha256);
      return {
        DataLength: BlockData.length,
        BlockData,
        Checksum: Buffer.from(sha256, 'hex').toString('base64'),
        ChecksumAlgorithm: 'SHA256',
      };
    },
  ),
};

/** Blocks that one snapshot has and the other has not, or with another content, in their order. */
function changedBlocks({ state, now }: Disks, first: string, second: string) {
  const indexes = new Set([...state.blocks.of(first), ...state.blocks.of(second)].map((block) => block.index));
  return [...indexes]
    .sort((a, b) => a - b)
    .flatMap((index) => {
      const [before, after] = [state.blocks.get(first, index), state.blocks.get(second, index)];
      if (before?.sha256 === after?.sha256) return [];
      return {
        index,
        BlockIndex: index,
        FirstBlockToken: before && toBlockToken(first, before, now()),
        SecondBlockToken: after && toBlockToken(second, after, now()),
      };
    });
}

function takePage<Item extends { readonly index: number }>(
  items: readonly Item[],
  listing: string,
  { NextToken, MaxResults, StartingBlockIndex }: PageRequest,
  { now }: Disks,
) {
  const from = NextToken === undefined ? StartingBlockIndex : readPageToken(NextToken, listing, now());
  const rest = items.filter((item) => item.index >= from);
  const page = rest.slice(0, MaxResults);
  const next = rest[MaxResults];
  return {
    page,
    BlockSize: BLOCK_BYTES,
    ExpiryTime: new Date(now() + BLOCK_TOKEN_MS),
    NextToken: next && toPageToken(listing, next.index, now()),
  };
}
