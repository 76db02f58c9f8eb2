import { AwsError, type AwsService, type RestRoute } from '../endpoint/aws-service.ts';
import type { Disks } from './disks.ts';
import type { Operation } from './ebs-operation.ts';
import { readSnapshotOperations } from './read-snapshot.ts';
import { writeSnapshotOperations } from './write-snapshot.ts';

const OPERATIONS: Readonly<Record<string, Operation>> = { ...readSnapshotOperations, ...writeSnapshotOperations };

const CHECKSUM = { Checksum: 'x-amz-Checksum', ChecksumAlgorithm: 'x-amz-Checksum-Algorithm' };
const PAGE = { NextToken: 'pageToken', MaxResults: 'maxResults', StartingBlockIndex: 'startingBlockIndex' };

const ROUTES: readonly RestRoute[] = [
  { operation: 'StartSnapshot', method: 'POST', path: '/snapshots', status: 201 },
  {
    operation: 'PutSnapshotBlock',
    method: 'PUT',
    path: '/snapshots/{SnapshotId}/blocks/{BlockIndex}',
    status: 201,
    headers: { ...CHECKSUM, DataLength: 'x-amz-Data-Length', Progress: 'x-amz-Progress' },
    payload: 'BlockData',
  },
  {
    operation: 'CompleteSnapshot',
    method: 'POST',
    path: '/snapshots/completion/{SnapshotId}',
    status: 202,
    headers: {
      ...CHECKSUM,
      ChangedBlocksCount: 'x-amz-ChangedBlocksCount',
      ChecksumAggregationMethod: 'x-amz-Checksum-Aggregation-Method',
    },
  },
  {
    operation: 'ListSnapshotBlocks',
    method: 'GET',
    path: '/snapshots/{SnapshotId}/blocks',
    status: 200,
    query: PAGE,
  },
  {
    operation: 'ListChangedBlocks',
    method: 'GET',
    path: '/snapshots/{SecondSnapshotId}/changedblocks',
    status: 200,
    query: { ...PAGE, FirstSnapshotId: 'firstSnapshotId' },
  },
  {
    operation: 'GetSnapshotBlock',
    method: 'GET',
    path: '/snapshots/{SnapshotId}/blocks/{BlockIndex}',
    status: 200,
    headers: { ...CHECKSUM, DataLength: 'x-amz-Data-Length' },
    query: { BlockToken: 'blockToken' },
    payload: 'BlockData',
  },
];

/** The EBS direct APIs of the local cloud: snapshots written and read block by block (aws.md §3.4). */
export function createEbs(disks: Disks): AwsService {
  return {
    name: 'ebs',
    protocol: 'restJson1',
    routes: ROUTES,
    operations: Object.keys(OPERATIONS),
    async call({ operation, input }) {
      const run = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
      if (run === undefined) {
        throw new AwsError('UnknownOperationException', `the EBS direct APIs have no ${operation}`, 404);
      }
      disks.settle();
      try {
        return await run(input, disks);
      } finally {
        disks.settle();
      }
    },
  };
}
