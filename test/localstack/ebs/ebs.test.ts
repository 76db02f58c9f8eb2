import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteSnapshotCommand,
  type CompleteSnapshotCommandInput,
  GetSnapshotBlockCommand,
  ListChangedBlocksCommand,
  ListSnapshotBlocksCommand,
  type ListSnapshotBlocksCommandInput,
  PutSnapshotBlockCommand,
  type PutSnapshotBlockCommandInput,
  StartSnapshotCommand,
  type StartSnapshotCommandInput,
} from '@aws-sdk/client-ebs';
import {
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DescribeSnapshotsCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LocalAws, startLocalAws } from '../ecs/local-aws.ts';

let dataDir: string;
let local: LocalAws;
let now: number;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'stride-ebs-'));
  now = Date.parse('2026-01-01T00:00:00Z');
  local = await startLocalAws({ dataDir, now: () => now });
});
afterEach(async () => {
  await local.close();
  await rm(dataDir, { recursive: true });
});

const BLOCK = 524_288;
const blockOf = (byte: number) => new Uint8Array(BLOCK).fill(byte);
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();

const start = async (input: Partial<StartSnapshotCommandInput> = {}) => {
  const { SnapshotId = '' } = await local.ebs.send(new StartSnapshotCommand({ VolumeSize: 1, ...input }));
  return SnapshotId;
};
const put = (
  SnapshotId: string,
  BlockIndex: number,
  byte: number,
  change: Partial<PutSnapshotBlockCommandInput> = {},
) =>
  local.ebs.send(
    new PutSnapshotBlockCommand({
      SnapshotId,
      BlockIndex,
      BlockData: blockOf(byte),
      DataLength: BLOCK,
      Checksum: sha256(blockOf(byte)).toString('base64'),
      ChecksumAlgorithm: 'SHA256',
      ...change,
    }),
  );
const complete = (SnapshotId: string, ChangedBlocksCount: number, change: Partial<CompleteSnapshotCommandInput> = {}) =>
  local.ebs.send(new CompleteSnapshotCommand({ SnapshotId, ChangedBlocksCount, ...change }));
/** A completed snapshot of these blocks: index to the byte that fills it. */
const snapshotOf = async (blocks: Record<number, number>, input: Partial<StartSnapshotCommandInput> = {}) => {
  const id = await start(input);
  await Promise.all(Object.entries(blocks).map(([index, byte]) => put(id, Number(index), byte)));
  await complete(id, Object.keys(blocks).length);
  now += 1000;
  return id;
};
const list = (SnapshotId: string, input: Partial<ListSnapshotBlocksCommandInput> = {}) =>
  local.ebs.send(new ListSnapshotBlocksCommand({ SnapshotId, ...input }));
/** Index to first byte of each block, read through its token. */
const read = async (SnapshotId: string) => {
  const { Blocks = [] } = await list(SnapshotId);
  const entries = Blocks.map(async ({ BlockIndex = -1, BlockToken = '' }) => {
    const block = await local.ebs.send(new GetSnapshotBlockCommand({ SnapshotId, BlockIndex, BlockToken }));
    const data = (await block.BlockData?.transformToByteArray()) ?? new Uint8Array();
    expect([block.DataLength, block.ChecksumAlgorithm, data.length]).toEqual([BLOCK, 'SHA256', BLOCK]);
    expect(block.Checksum).toBe(sha256(data).toString('base64'));
    return [BlockIndex, data[0]];
  });
  return Object.fromEntries(await Promise.all(entries));
};

test('a snapshot written block by block, read back, and grown by a child', async () => {
  const started = await local.ebs.send(
    new StartSnapshotCommand({ VolumeSize: 2, Description: 'blank', Tags: [{ Key: 'a', Value: 'b' }] }),
  );
  const id = started.SnapshotId ?? '';
  expect(started).toEqual({
    $metadata: expect.anything(),
    SnapshotId: expect.stringMatching(/^snap-[0-9a-f]{17}$/),
    OwnerId: '000000000000',
    Status: 'pending',
    StartTime: new Date(now),
    VolumeSize: 2,
    BlockSize: BLOCK,
    Description: 'blank',
    Tags: [{ Key: 'a', Value: 'b' }],
  });
  await put(id, 4095, 2);
  const Checksum = sha256(blockOf(1)).toString('base64');
  expect(await put(id, 0, 1)).toMatchObject({ Checksum, ChecksumAlgorithm: 'SHA256' });
  const linear = createHash('sha256')
    .update(sha256(blockOf(1)))
    .update(sha256(blockOf(2)))
    .digest('base64');
  const aggregated = { ChecksumAlgorithm: 'SHA256', ChecksumAggregationMethod: 'LINEAR' } as const;
  expect((await complete(id, 2, { Checksum: linear, ...aggregated })).Status).toBe('pending');
  await expect(list(id)).rejects.toMatchObject({ name: 'ValidationException', Reason: 'INVALID_SNAPSHOT_ID' });
  now += 500;
  expect((await complete(id, 2)).Status).toBe('completed');
  expect(await read(id)).toEqual({ 0: 1, 4095: 2 });

  const child = await snapshotOf({ 1: 3, 4095: 4 }, { ParentSnapshotId: id, VolumeSize: 2 });
  expect(await read(child)).toEqual({ 0: 1, 1: 3, 4095: 4 });
  const { ChangedBlocks, VolumeSize, BlockSize } = await local.ebs.send(
    new ListChangedBlocksCommand({ FirstSnapshotId: id, SecondSnapshotId: child }),
  );
  expect([VolumeSize, BlockSize]).toEqual([2, BLOCK]);
  expect(ChangedBlocks).toEqual([
    { BlockIndex: 1, SecondBlockToken: expect.any(String) },
    { BlockIndex: 4095, FirstBlockToken: expect.any(String), SecondBlockToken: expect.any(String) },
  ]);

  const { Snapshots } = await local.ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [id] }));
  expect(Snapshots).toMatchObject([
    { VolumeId: 'vol-ffffffff', VolumeSize: 2, State: 'completed', Description: 'blank' },
  ]);
});

test('through a volume and its snapshot the blocks are the same; contents go with the last snapshot that has them', async () => {
  const id = await snapshotOf({ 0: 1, 7: 2 });
  const { VolumeId = '' } = await local.ec2.send(
    new CreateVolumeCommand({ AvailabilityZone: 'local-a', SnapshotId: id, VolumeType: 'gp3' }),
  );
  now += 1000;
  const { SnapshotId: copy = '' } = await local.ec2.send(new CreateSnapshotCommand({ VolumeId }));
  now += 1000;
  const other = await snapshotOf({ 3: 2 });
  const stored = async () => (await readdir(join(dataDir, 'ebs', 'blocks'))).length;
  expect(await stored()).toBe(2);
  await local.ec2.send(new DeleteSnapshotCommand({ SnapshotId: id }));
  expect(await read(copy)).toEqual({ 0: 1, 7: 2 });
  await local.ec2.send(new DeleteSnapshotCommand({ SnapshotId: copy }));
  expect([await stored(), await read(other)]).toEqual([1, { 3: 2 }]);
});

test('what was written survives a restart', async () => {
  const done = await snapshotOf({ 5: 9 });
  const open = await start();
  await put(open, 1, 1);
  await local.close();
  local = await startLocalAws({ dataDir, now: () => now });
  expect(await read(done)).toEqual({ 5: 9 });
  await put(open, 2, 2);
  expect((await complete(open, 2)).Status).toBe('pending');
});

test('listings come in pages, from a block on', async () => {
  const blocks = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [index * 2, 1]));
  const id = await snapshotOf(blocks);
  const first = await list(id, { MaxResults: 100, StartingBlockIndex: 10 });
  const second = await list(id, { MaxResults: 100, NextToken: first.NextToken ?? '' });
  const indexes = [first, second].map((page) => page.Blocks?.map((block) => block.BlockIndex ?? -1) ?? []);
  expect(indexes.map((page) => [page.length, page[0], page.at(-1)])).toEqual([
    [100, 10, 208],
    [15, 210, 238],
  ]);
  expect(second.NextToken).toBeUndefined();
  expect(first.ExpiryTime).toEqual(new Date(now + 7 * 24 * 3_600_000));
  const invalid = { name: 'ValidationException', Reason: 'INVALID_PAGE_TOKEN' };
  await expect(list(id, { NextToken: 'x' })).rejects.toMatchObject(invalid);
  now += 3_600_000;
  await expect(list(id, { NextToken: first.NextToken ?? '' })).rejects.toMatchObject(invalid);
});

test('block tokens hold for one block and seven days', async () => {
  const id = await snapshotOf({ 0: 1, 1: 2 });
  const { Blocks = [] } = await list(id);
  const BlockToken = Blocks[0]?.BlockToken ?? '';
  const get = (BlockIndex: number) =>
    local.ebs.send(new GetSnapshotBlockCommand({ SnapshotId: id, BlockIndex, BlockToken }));
  const refused = { name: 'ValidationException', Reason: 'INVALID_BLOCK_TOKEN' };
  expect((await get(0)).DataLength).toBe(BLOCK);
  await expect(get(1)).rejects.toMatchObject(refused);
  now += 7 * 24 * 3_600_000;
  await expect(get(0)).rejects.toMatchObject(refused);
});

test('a client token makes one snapshot, and refuses another under it', async () => {
  const id = await start({ ClientToken: 't' });
  expect(await start({ ClientToken: 't' })).toBe(id);
  await expect(start({ ClientToken: 't', VolumeSize: 2 })).rejects.toMatchObject({
    name: 'ConflictException',
    $metadata: { httpStatusCode: 409 },
  });
});

test('an open snapshot without a block for its time-out is given up, with an event', async () => {
  const id = await start({ Timeout: 10 });
  now += 9 * 60_000;
  await put(id, 0, 1);
  now += 9 * 60_000;
  await put(id, 1, 1);
  now += 10 * 60_000;
  await expect(complete(id, 2)).rejects.toMatchObject({ name: 'ValidationException', Reason: 'INVALID_SNAPSHOT_ID' });
  const { Snapshots } = await local.ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [id] }));
  expect(Snapshots?.[0]?.State).toBe('error');
  expect(local.events.at(-1)?.detail).toMatchObject({ event: 'createSnapshot', result: 'failed' });
});

test('throttling, when on, in the words of EBS and EC2', async () => {
  const outcomes = async (calls: number, send: () => Promise<unknown>) => {
    const all = Array.from({ length: calls }, () =>
      send().then(
        () => 'ok',
        (error: Error) => error,
      ),
    );
    return (await Promise.all(all)).filter((each) => each !== 'ok');
  };
  const describeSnapshots = () => local.ec2.send(new DescribeSnapshotsCommand({}));
  local.machines.setThrottling(true);
  expect(await outcomes(11, start)).toMatchObject([{ name: 'RequestThrottledException', Reason: 'ACCOUNT_THROTTLED' }]);
  expect(await outcomes(101, describeSnapshots)).toMatchObject([{ name: 'RequestLimitExceeded' }]);
  now += 50;
  expect(await outcomes(1, describeSnapshots)).toEqual([]);
});

describe('what the EBS direct APIs refuse', () => {
  const unknown = 'snap-00000000000000000';
  test.each<[string, () => Promise<unknown>, object]>([
    [
      'an unknown snapshot',
      () => list(unknown),
      { name: 'ResourceNotFoundException', Reason: 'SNAPSHOT_NOT_FOUND', $metadata: { httpStatusCode: 404 } },
    ],
    ['no id', () => list('snapshot'), { name: 'ValidationException', Reason: 'INVALID_PARAMETER_VALUE' }],
    ['64 TiB and more', () => start({ VolumeSize: 65_537 }), { name: 'ValidationException' }],
    ['a time-out of 9 minutes', () => start({ Timeout: 9 }), { name: 'ValidationException' }],
    ['an unknown parent', () => start({ ParentSnapshotId: unknown }), { name: 'ResourceNotFoundException' }],
    [
      'an encrypted child',
      async () => start({ ParentSnapshotId: await snapshotOf({}), Encrypted: true }),
      { name: 'ValidationException', message: 'ParentSnapshotId excludes Encrypted and KmsKeyArn.' },
    ],
    [
      'a child smaller than its parent',
      async () => start({ ParentSnapshotId: await snapshotOf({}, { VolumeSize: 2 }), VolumeSize: 1 }),
      { Reason: 'INVALID_VOLUME_SIZE' },
    ],
    [
      'a checksum of other data',
      async () => put(await start(), 0, 1, { Checksum: sha256(blockOf(2)).toString('base64') }),
      { Reason: 'INVALID_BLOCK', message: 'The checksum is not that of the data.' },
    ],
    [
      'half a block',
      async () => put(await start(), 0, 1, { BlockData: new Uint8Array(BLOCK / 2), DataLength: BLOCK / 2 }),
      { Reason: 'INVALID_BLOCK' },
    ],
    ['a block beyond the end', async () => put(await start(), 2048, 1), { Reason: 'INVALID_BLOCK' }],
    ['a block of a completed snapshot', async () => put(await snapshotOf({}), 0, 1), { Reason: 'INVALID_SNAPSHOT_ID' }],
    ['another count of blocks', async () => complete(await start(), 1), { message: '0 blocks were written, not 1.' }],
    [
      'another linear checksum',
      async () => complete(await start(), 0, { Checksum: sha256(blockOf(0)).toString('base64') }),
      { message: 'The checksum is not that of the blocks written.' },
    ],
    ['pages of 99', async () => list(await snapshotOf({}), { MaxResults: 99 }), { name: 'ValidationException' }],
  ])('%s', async (_name, send, refusal) => {
    await expect(send()).rejects.toMatchObject(refusal);
  });
});
