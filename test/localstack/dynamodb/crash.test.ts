import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import dynalite from 'dynalite/db/index.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toChangeRecord } from '../../../lib/aws/dynamodb/change-record.ts';
import { createDynamoStore } from '../../../lib/aws/dynamodb/dynamo-store.ts';
import { type ChangeRecord, queryAll } from '../../../lib/gateways/store.ts';
import type { StreamConsumer } from '../../../localstack/dynamodb/dynamodb.ts';
import { clientOf, startStateTable, stateTable } from '../../gateway/local-state-table.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stride-dynamodb-crash-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** Lets a process write until so many writes are answered, kills it, and returns all answers that it printed. */
async function writeUntilKilled(answers: number): Promise<string[]> {
  const script = fileURLToPath(new URL('./writer-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const printed: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    printed.push(line);
    if (printed.length === answers) child.kill('SIGKILL');
  }
  expect(await ended).toEqual([null, 'SIGKILL']);
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
  expect(answered.length).toBeGreaterThanOrEqual(491);
  expect(answered.filter((write) => !told.includes(write))).toEqual([]);

  const items: Record<string, unknown> = {};
  const store = createDynamoStore({ client, table: 'state' });
  for await (const { sk, n } of queryAll(store, 'p')) items[sk] = n;
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
