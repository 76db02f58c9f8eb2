import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DynamoDb, DynamoDbOptions } from '../../../localstack/dynamodb/dynamodb.ts';
import { clientOf, startStateTable, stateTable } from '../../gateway/local-state-table.ts';
import { PATIENCE } from '../../setup/patience.ts';

let directory: string;
const open: { db: DynamoDb; client: DynamoDBClient }[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stride-dynamodb-'));
});

afterEach(async () => {
  for (const { db, client } of open.splice(0)) {
    client.destroy();
    await db.close();
  }
  await rm(directory, { recursive: true });
});

async function start(options: Partial<DynamoDbOptions> = {}): Promise<{ db: DynamoDb; client: DynamoDBClient }> {
  const db = await startStateTable(options);
  const started = { db, client: clientOf(db) };
  open.push(started);
  return started;
}

const keyOf = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } });
const put = (client: DynamoDBClient, sk: string, n = 1, TableName = 'state') =>
  client.send(new PutItemCommand({ TableName, Item: { ...keyOf(sk), n: { N: String(n) } } }));

describe('stream', () => {
  test('records have the shape that Lambda hands to functions', async () => {
    const { db, client } = await start();
    const stream = await db.openStream('state', 'test', 'TRIM_HORIZON');
    await put(client, 'a');
    const update = { UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': { N: '2' } } };
    const answer = await client.send(new UpdateItemCommand({ TableName: 'state', Key: keyOf('a'), ...update }));
    expect(answer.Attributes).toBeUndefined();
    await client.send(new DeleteItemCommand({ TableName: 'state', Key: keyOf('a') }));
    const common = {
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'local',
      eventSourceARN: expect.stringMatching(
        /^arn:aws:dynamodb:local:000000000000:table\/state\/stream\/\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}$/,
      ),
    };
    const told = (SequenceNumber: string, SizeBytes: number) => ({
      ApproximateCreationDateTime: expect.closeTo(Date.now() / 1000, -1),
      Keys: keyOf('a'),
      SequenceNumber,
      SizeBytes,
      StreamViewType: 'NEW_IMAGE',
    });
    expect(await stream.read(10)).toEqual([
      {
        ...common,
        eventName: 'INSERT',
        dynamodb: { ...told('100000000000000000001', 15), NewImage: { ...keyOf('a'), n: { N: '1' } } },
      },
      {
        ...common,
        eventName: 'MODIFY',
        dynamodb: { ...told('100000000000000000002', 15), NewImage: { ...keyOf('a'), n: { N: '2' } } },
      },
      { ...common, eventName: 'REMOVE', dynamodb: told('100000000000000000003', 6) },
    ]);
  });

  test('batches are told too, and tables without a stream are not', async () => {
    const { StreamSpecification: _stream, ...still } = { ...stateTable, TableName: 'still' };
    const { db, client } = await start({ tables: [stateTable, still] });
    const stream = await db.openStream('state', 'test', 'TRIM_HORIZON');
    await put(client, 'old');
    await put(client, 'elsewhere', 1, 'still');
    const RequestItems = {
      state: [{ PutRequest: { Item: keyOf('new') } }, { DeleteRequest: { Key: keyOf('old') } }],
      still: [{ PutRequest: { Item: keyOf('new') } }],
    };
    await client.send(new BatchWriteItemCommand({ RequestItems }));
    const records = await stream.read(10);
    expect(records.map(({ eventName, dynamodb }) => `${eventName} ${dynamodb.Keys['sk']?.['S']}`).sort()).toEqual([
      'INSERT new',
      'INSERT old',
      'REMOVE old',
    ]);
    expect(records.every(({ eventSourceARN }) => eventSourceARN.includes(':table/state/'))).toBe(true);
  });

  test.each([
    ['KEYS_ONLY', {}],
    ['OLD_IMAGE', { OldImage: { ...keyOf('a'), n: { N: '1' } } }],
    ['NEW_AND_OLD_IMAGES', { OldImage: { ...keyOf('a'), n: { N: '1' } }, NewImage: { ...keyOf('a'), n: { N: '2' } } }],
  ])('view %s', async (StreamViewType, images) => {
    const { db, client } = await start({ tables: [{ ...stateTable, StreamSpecification: { StreamViewType } }] });
    const stream = await db.openStream('state', 'test', 'TRIM_HORIZON');
    await put(client, 'a', 1);
    await put(client, 'a', 2);
    const [, record] = await stream.read(10);
    const { Keys, NewImage, OldImage } = record?.dynamodb ?? {};
    expect({ Keys, NewImage, OldImage }).toEqual({ Keys: keyOf('a'), ...images });
  });

  test('each consumer has its own place; a latecomer at LATEST sees what comes', async () => {
    const { db, client } = await start();
    const first = await db.openStream('state', 'first', 'TRIM_HORIZON');
    await put(client, 'a');
    await put(client, 'b');
    const late = await db.openStream('state', 'late', 'LATEST');
    await put(client, 'c');
    const names = async (stream: typeof first, max: number) =>
      (await stream.read(max)).map(({ dynamodb }) => dynamodb.Keys['sk']?.['S']);
    expect(await names(late, 10)).toEqual(['c']);
    expect(await names(first, 2)).toEqual(['a', 'b']);
    const [a] = await first.read(1);
    await first.checkpoint(a?.dynamodb.SequenceNumber ?? '');
    expect(await names(first, 10)).toEqual(['b', 'c']);
    const reopened = await db.openStream('state', 'first', 'LATEST');
    expect(await names(reopened, 10)).toEqual(['b', 'c']);
  });

  test('a read is bounded by about 1 MB', async () => {
    const { db, client } = await start();
    const stream = await db.openStream('state', 'test', 'TRIM_HORIZON');
    for (let index = 0; index < 6; index += 1) {
      const text = { S: 'x'.repeat(300_000) };
      await client.send(new PutItemCommand({ TableName: 'state', Item: { ...keyOf(`${index}`), text } }));
    }
    expect(await stream.read(100)).toHaveLength(4);
  });

  test('listeners hear of new records of their table within a moment', async () => {
    const other = { ...stateTable, TableName: 'other' };
    const { db, client } = await start({ tables: [stateTable, other] });
    const [heard, elsewhere] = [vi.fn(), vi.fn()];
    const stop = (await db.openStream('state', 'test', 'LATEST')).onRecords(heard);
    (await db.openStream('other', 'test', 'LATEST')).onRecords(elsewhere);
    await put(client, 'a');
    await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(1), PATIENCE);
    stop();
    await put(client, 'b');
    await put(client, 'c', 1, 'other');
    await vi.waitFor(() => expect(elsewhere).toHaveBeenCalledTimes(1), PATIENCE);
    expect(heard).toHaveBeenCalledTimes(1);
  });
});

describe('time to live', () => {
  const expiring = (sk: string) => ({ ...keyOf(sk), ttl: { N: '1700000000' } });

  test('the record of a deletion names DynamoDB as the one who did it', async () => {
    const { db, client } = await start();
    const stream = await db.openStream('state', 'test', 'TRIM_HORIZON');
    await client.send(new PutItemCommand({ TableName: 'state', Item: expiring('a') }));
    await client.send(new PutItemCommand({ TableName: 'state', Item: expiring('b') }));
    await client.send(new DeleteItemCommand({ TableName: 'state', Key: keyOf('b') }));
    expect(await db.expireNow()).toBe(1);
    expect(await db.expireNow()).toBe(0);
    const removals = (await stream.read(10)).filter(({ eventName }) => eventName === 'REMOVE');
    expect(removals.map(({ dynamodb, userIdentity }) => [dynamodb.Keys, userIdentity])).toEqual([
      [keyOf('b'), undefined],
      [keyOf('a'), { type: 'Service', principalId: 'dynamodb.amazonaws.com' }],
    ]);
  });

  test('works in the background', async () => {
    const { client } = await start();
    await client.send(new PutItemCommand({ TableName: 'state', Item: expiring('a') }));
    await vi.waitFor(
      async () => expect((await client.send(new ScanCommand({ TableName: 'state' }))).Items).toEqual([]),
      { timeout: PATIENCE, interval: 100 },
    );
  });

  test('holds for items from before a table got it', async () => {
    const { TimeToLiveSpecification: _ttl, ...table } = stateTable;
    const { db, client } = await start({ directory, tables: [table] });
    await client.send(new PutItemCommand({ TableName: 'state', Item: expiring('a') }));
    expect(await db.expireNow()).toBe(0);
    await db.close();
    const again = await start({ directory });
    expect(await again.db.expireNow()).toBe(1);
  });
});

describe('data', () => {
  test('items, stream and places survive a restart, and sequence numbers go on', async () => {
    const { db, client } = await start({ directory });
    const stream = await db.openStream('state', 'test', 'TRIM_HORIZON');
    await put(client, 'a');
    await put(client, 'b');
    const [a] = await stream.read(1);
    await stream.checkpoint(a?.dynamodb.SequenceNumber ?? '');
    await db.close();
    await expect(db.ended).resolves.toBeUndefined();

    const again = await start({ directory });
    await put(again.client, 'c');
    const resumed = await again.db.openStream('state', 'test', 'TRIM_HORIZON');
    expect((await resumed.read(10)).map(({ dynamodb }) => [dynamodb.SequenceNumber, dynamodb.Keys])).toEqual([
      ['100000000000000000002', keyOf('b')],
      ['100000000000000000003', keyOf('c')],
    ]);
    const scan = await again.client.send(new ScanCommand({ TableName: 'state' }));
    expect(scan.Items?.map(({ sk }) => sk?.S).sort()).toEqual(['a', 'b', 'c']);
  });

  test('closes with writes under way', async () => {
    const { db, client } = await start({ directory });
    const writes = Array.from({ length: 50 }, (_, index) => put(client, `${index}`).catch(() => undefined));
    await writes[0];
    await db.close();
    client.destroy();
    await Promise.all(writes);
  });

  test('a directory serves one at a time', async () => {
    await start({ directory });
    await expect(startStateTable({ directory })).rejects.toThrow(`${directory}: is another local cloud running on it?`);
  });

  const withIndex = {
    ...stateTable,
    AttributeDefinitions: [...stateTable.AttributeDefinitions, { AttributeName: 'owner', AttributeType: 'S' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-owner',
        KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  };

  test('other keys or indexes than those in the directory are refused with the cure', async () => {
    const { db } = await start({ directory });
    await db.close();
    await expect(startStateTable({ directory, tables: [withIndex] })).rejects.toThrow(
      'table state exists in the data directory with other keys or indexes than the template has now: start with a new data directory',
    );
    const { db: same } = await start({ directory });
    expect(await same.expireNow()).toBe(0);
  });

  test('an index lists what writes put in it', async () => {
    const { client } = await start({ tables: [withIndex] });
    const write = (sk: string, owner: string) =>
      client.send(new PutItemCommand({ TableName: 'state', Item: { ...keyOf(sk), owner: { S: owner } } }));
    await write('a', 'x');
    await write('b', 'y');
    await write('b', 'x');
    await write('a', 'z');
    const found = await client.send(
      new QueryCommand({
        TableName: 'state',
        IndexName: 'by-owner',
        KeyConditionExpression: '#owner = :owner',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':owner': { S: 'x' } },
      }),
    );
    expect(found.Items).toEqual([{ ...keyOf('b'), owner: { S: 'x' } }]);
  });

  test('a property that it lacks is named', async () => {
    await expect(startStateTable({ tables: [{ ...stateTable, LocalSecondaryIndexes: [] }] })).rejects.toThrow(
      /cannot run table state as the template has it:[\s\S]*LocalSecondaryIndexes/,
    );
  });
});

describe('callers and requests', () => {
  const target = (operation: string) => ({ 'x-amz-target': `DynamoDB_20120810.${operation}` });
  const signed = { authorization: 'AWS4-HMAC-SHA256 Credential=AK/20261122/local/dynamodb/aws4_request, Signature=0' };

  let db: DynamoDb;
  let client: DynamoDBClient;
  const onCall = vi.fn();
  beforeAll(async () => {
    db = await startStateTable({ onCall });
    client = clientOf(db);
  });
  afterAll(async () => {
    client.destroy();
    await db.close();
  });

  test('the access key id of each call is told', async () => {
    onCall.mockClear();
    const publisher = clientOf(db, 'AKIDPUBLISH');
    await put(client, 'a');
    await publisher.send(new DescribeTableCommand({ TableName: 'state' }));
    publisher.destroy();
    await vi.waitFor(() => expect(onCall).toHaveBeenCalledTimes(2), PATIENCE);
    expect(onCall.mock.calls).toEqual([
      [{ accessKeyId: 'AKIDTEST', operation: 'PutItem' }],
      [{ accessKeyId: 'AKIDPUBLISH', operation: 'DescribeTable' }],
    ]);
  });

  test.each([
    [
      'no signature',
      target('GetItem'),
      '{}',
      'MissingAuthenticationTokenException',
      'Request is missing Authentication Token',
    ],
    [
      'a signature of nobody',
      { ...target('GetItem'), authorization: 'AWS4-HMAC-SHA256 Signature=0' },
      '{}',
      'IncompleteSignatureException',
      "Authorization header requires 'Credential' parameter.",
    ],
    ['no JSON', { ...target('GetItem'), ...signed }, '{', 'SerializationException', /^the body is not JSON/],
    [
      'a list',
      { ...target('GetItem'), ...signed },
      '[]',
      'SerializationException',
      'the body of GetItem is not a JSON object',
    ],
    [
      'no target',
      signed,
      '{}',
      'UnknownOperationException',
      /^the local DynamoDB has no POST \/ without X-Amz-Target; it has Batch/,
    ],
  ])('%s is refused', async (_name, headers, body, code, message) => {
    const answer = await fetch(db.url, { method: 'POST', headers, body });
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 400,
      body: {
        __type: `com.amazonaws.dynamodb.v20120810#${code}`,
        message: typeof message === 'string' ? message : expect.stringMatching(message),
      },
    });
  });

  test('operations beyond those that Stride uses are named', async () => {
    const has =
      'it has BatchGetItem, BatchWriteItem, DeleteItem, DescribeTable, GetItem, PutItem, Query, Scan, UpdateItem';
    const calls = {
      ListTables: () => client.send(new ListTablesCommand({})),
      TransactWriteItems: () => client.send(new TransactWriteItemsCommand({ TransactItems: [] })),
    };
    for (const [operation, call] of Object.entries(calls)) {
      await expect(call()).rejects.toMatchObject({
        name: 'UnknownOperationException',
        message: `the local DynamoDB has no DynamoDB_20120810.${operation}; ${has}`,
      });
    }
  });

  test('parameters that it would ignore are named', async () => {
    const command = new PutItemCommand({
      TableName: 'state',
      Item: keyOf('a'),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await expect(client.send(command)).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'the local DynamoDB has no ReturnValuesOnConditionCheckFailure on PutItem',
    });
  });

  test('a table is described with its stream', async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'state' }));
    expect(Table).toMatchObject({
      TableName: 'state',
      TableStatus: 'ACTIVE',
      TableArn: 'arn:aws:dynamodb:local:000000000000:table/state',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      LatestStreamArn: expect.stringContaining('arn:aws:dynamodb:local:000000000000:table/state/stream/'),
    });
    const unknown = client.send(new DescribeTableCommand({ TableName: 'nowhere' }));
    await expect(unknown).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
