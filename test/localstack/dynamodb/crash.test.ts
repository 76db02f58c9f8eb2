import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import dynalite, { type Level } from 'dynalite/db/index.js';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { toChangeRecord } from '../../../lib/aws/dynamodb/change-record.ts';
import { createDynamoStore } from '../../../lib/aws/dynamodb/dynamo-store.ts';
import { type ChangeRecord, queryAll } from '../../../lib/gateways/store.ts';
import { openChangeLog } from '../../../localstack/dynamodb/change-log.ts';
import type { StreamConsumer } from '../../../localstack/dynamodb/dynamodb.ts';
import { clientOf, startStateTable, stateTable } from '../../gateway/local-state-table.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stride-dynamodb-crash-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** Lets a process write until it has so many answers and kills itself; returns all answers that it printed. */
async function writeUntilKilled(answers: number): Promise<string[]> {
  const script = fileURLToPath(new URL('./writer-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, directory, `${answers}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const printed: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) printed.push(line);
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(printed).toHaveLength(answers);
  return printed;
}

async function readToEnd(stream: StreamConsumer): Promise<ChangeRecord[]> {
  const records: ChangeRecord[] = [];
  for (let batch = await stream.read(1000); batch.length > 0; batch = await stream.read(1000)) {
    records.push(...batch.map(toChangeRecord));
    await stream.checkpoint(batch.at(-1)?.dynamodb.SequenceNumber ?? '');
  }
  return records;
}

test('a process killed while it writes loses no answered write and no record', { timeout: 60_000 }, async () => {
  const answered: string[] = [];
  for (const answers of [1, 40, 150, 300]) answered.push(...(await writeUntilKilled(answers)));

  const db = await startStateTable({ directory });
  const client = clientOf(db);
  const records = await readToEnd(await db.openStream('state', 'test', 'TRIM_HORIZON'));
  const told = records.map(({ key, item }) => `${key.sk} ${item?.['n']}`);
  expect(answered).toHaveLength(491);
  expect(answered.filter((write) => !told.includes(write))).toEqual([]);

  const items: Record<string, unknown> = {};
  const store = createDynamoStore({ client, table: 'state' });
  for (const { sk, n } of await queryAll(store, 'p')) items[sk] = n;
  const counted: Record<string, unknown> = {};
  for (const { key, kind, item } of records) {
    expect(item?.['n']).toBe(Number(counted[key.sk] ?? 0) + 1);
    expect(kind).toBe(counted[key.sk] === undefined ? 'INSERT' : 'MODIFY');
    counted[key.sk] = item?.['n'];
  }
  expect(counted).toEqual(items);
  const sequences = records.map(({ sequence }) => sequence);
  expect(sequences).toEqual([...new Set(sequences)].sort());
  client.destroy();
  await db.close();
});

test('a write is answered when its item and its record are in the database, both by one batch', async () => {
  const { db } = dynalite.create({});
  await db.open();
  const written = Promise.withResolvers<void>();
  const batches: string[][] = [];
  const held: Level = {
    ...db,
    get: (key) => db.get(key),
    batch: async (operations) => {
      batches.push(operations.map(({ type, key }) => `${type} ${key}`));
      await written.promise;
    },
  };
  const log = await openChangeLog(held, () => undefined);
  const stream = { arn: 'arn', region: 'local', view: 'NEW_IMAGE', keyAttributes: ['pk', 'sk'] } as const;
  const after = { pk: { S: 'p' }, sk: { S: 's' }, ttl: { N: '1700000000' } };
  const answered = vi.fn();
  const table = { name: 'state', stream, ttlAttribute: 'ttl' };
  const commit = log.commit(table, 'k', { before: undefined, after, expired: false }).then(answered);
  await new Promise((resolve) => setImmediate(resolve));
  expect(batches).toEqual([
    [
      'put item-state~k',
      'put ttl-state~001700000000~k',
      'put stream-state~100000000000000000001',
      'put stream-sequence',
    ],
  ]);
  expect(answered).not.toHaveBeenCalled();
  written.resolve();
  await commit;
  expect(answered).toHaveBeenCalledTimes(1);
  await db.close();
});

test('a table that was left half made is made anew', async () => {
  const left = dynalite.create({ path: directory });
  await left.db.open();
  await left.db.put('table~state', { ...stateTable, TableStatus: 'CREATING' });
  await left.db.close();
  const db = await startStateTable({ directory });
  const client = clientOf(db);
  expect(await createDynamoStore({ client, table: 'state' }).put({ pk: 'p', sk: 's' })).toBe(true);
  client.destroy();
  await db.close();
});
