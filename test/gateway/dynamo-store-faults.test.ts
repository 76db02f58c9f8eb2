import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDynamoStore } from '../../lib/aws/dynamodb/dynamo-store.ts';
import { type Item, type Store, StoreUnavailable } from '../../lib/gateways/store.ts';
import type { DynamoDb } from '../../localstack/dynamodb/dynamodb.ts';
import { type Fault, type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import { clientOf, startStateTable } from './local-state-table.ts';

let db: DynamoDb;
let proxy: FaultyProxy;
let client: DynamoDBClient;
let faultyClient: DynamoDBClient;
let sound: Store;
let store: Store;

beforeAll(async () => {
  db = await startStateTable();
  proxy = await startFaultyProxy(db.url);
  client = clientOf(db);
  faultyClient = clientOf(proxy);
  sound = createDynamoStore({ client, table: 'state' });
  store = createDynamoStore({ client: faultyClient, table: 'state' });
});

afterAll(async () => {
  client.destroy();
  faultyClient.destroy();
  await proxy.close();
  await db.close();
});

type Call = (store: Store, key: { pk: string; sk: string }) => Promise<unknown>;

const putAbsent: Call = (on, key) => on.put({ ...key, rev: 8 }, { kind: 'absent' });
const put: Call = (on, key) => on.put({ ...key, rev: 8 });
const swap: Call = (on, key) => on.update(key, { set: { rev: 8 } }, { kind: 'equals', attribute: 'rev', value: 7 });
const add: Call = (on, key) => on.update(key, { add: { rev: 1 } });
const remove: Call = (on, key) => on.delete(key, { kind: 'equals', attribute: 'rev', value: 7 });
const read: Call = (on, key) => on.get(key);

interface Case {
  readonly name: string;
  readonly call: Call;
  readonly faults: readonly Fault[];
  /** The `rev` that is there before; absent: no item. */
  readonly before?: number;
  readonly outcome: unknown;
  readonly after?: number;
  readonly requests: number;
}

const unknown = 'unavailable';
const cases: readonly Case[] = [
  {
    name: 'a lost request is repeated',
    call: putAbsent,
    faults: ['lost request'],
    outcome: true,
    after: 8,
    requests: 2,
  },
  {
    name: 'an error before is repeated',
    call: putAbsent,
    faults: ['error before'],
    outcome: true,
    after: 8,
    requests: 2,
  },
  {
    name: 'throttling is repeated',
    call: putAbsent,
    faults: ['throttled', 'throttled'],
    outcome: true,
    after: 8,
    requests: 3,
  },
  {
    name: 'an answer lost is no false',
    call: putAbsent,
    faults: ['lost answer'],
    outcome: unknown,
    after: 8,
    requests: 2,
  },
  {
    name: 'an error after is no false',
    call: putAbsent,
    faults: ['error after'],
    outcome: unknown,
    after: 8,
    requests: 2,
  },
  {
    name: 'a swap whose answer is lost',
    call: swap,
    faults: ['lost answer'],
    before: 7,
    outcome: unknown,
    after: 8,
    requests: 2,
  },
  {
    name: 'a delete whose answer is lost',
    call: remove,
    faults: ['lost answer'],
    before: 7,
    outcome: unknown,
    requests: 2,
  },
  {
    name: 'somebody else was first',
    call: putAbsent,
    faults: ['throttled'],
    before: 3,
    outcome: false,
    after: 3,
    requests: 2,
  },
  {
    name: 'a plain put is repeated',
    call: put,
    faults: ['lost answer', 'error after'],
    outcome: true,
    after: 8,
    requests: 3,
  },
  {
    name: 'add is not repeated',
    call: add,
    faults: ['lost answer'],
    before: 7,
    outcome: unknown,
    after: 8,
    requests: 1,
  },
  {
    name: 'add is not repeated after an error',
    call: add,
    faults: ['error before'],
    before: 7,
    outcome: unknown,
    after: 7,
    requests: 1,
  },
  {
    name: 'add is repeated when throttled',
    call: add,
    faults: ['throttled'],
    before: 7,
    outcome: { rev: 8 },
    after: 8,
    requests: 2,
  },
  {
    name: 'a read is repeated',
    call: read,
    faults: ['lost answer', 'error before'],
    before: 7,
    outcome: { rev: 7 },
    after: 7,
    requests: 3,
  },
  {
    name: 'no answer at all',
    call: read,
    faults: ['lost answer', 'lost request', 'error before'],
    before: 7,
    outcome: unknown,
    after: 7,
    requests: 3,
  },
  {
    name: 'throttled throughout',
    call: put,
    faults: ['throttled', 'throttled', 'throttled'],
    before: 7,
    outcome: unknown,
    after: 7,
    requests: 3,
  },
];

describe('a write or read whose request goes wrong', () => {
  test.each(cases)('$name', async ({ name, call, faults, before, outcome, after, requests }) => {
    const key = { pk: name, sk: 's' };
    if (before !== undefined) await sound.put({ ...key, rev: before });
    proxy.set(faults);
    const result = await call(store, key).catch((error: unknown) => {
      expect(error).toBeInstanceOf(StoreUnavailable);
      expect(error).toHaveProperty('cause', expect.any(Error));
      return unknown;
    });
    expect(proxy.requests()).toBe(requests);
    expect(result).toEqual(typeof outcome === 'object' ? { ...key, ...outcome } : outcome);
    expect(await sound.get(key)).toEqual(after === undefined ? undefined : { ...key, rev: after });
  });
});

test('nobody listens: the store is unavailable', async () => {
  const gone = await startFaultyProxy(db.url);
  await gone.close();
  const goneClient = clientOf(gone);
  await expect(createDynamoStore({ client: goneClient, table: 'state' }).query('p')).rejects.toBeInstanceOf(
    StoreUnavailable,
  );
  goneClient.destroy();
});

test('a table that does not exist is an error of its own, not an outage', async () => {
  const lost = createDynamoStore({ client, table: 'nowhere' });
  const calls = [
    () => lost.get({ pk: 'p', sk: 's' }),
    () => lost.getMany([{ pk: 'p', sk: 's' }]),
    () => lost.delete({ pk: 'p', sk: 's' }),
  ];
  for (const call of calls) await expect(call()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('an attribute of a type that Stride does not store is named', async () => {
  const key: Item = { pk: 'foreign', sk: 's' };
  await client.send(
    new PutItemCommand({ TableName: 'state', Item: { pk: { S: key.pk }, sk: { S: key.sk }, tags: { SS: ['a'] } } }),
  );
  await expect(sound.get(key)).rejects.toThrow('attribute tags has type SS');
});
