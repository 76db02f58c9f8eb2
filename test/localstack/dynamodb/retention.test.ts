import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dynalite from 'dynalite/db/index.js';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openLocalTables } from '../../../localstack/dynamodb/local-tables.ts';
import { parseTableDefinition } from '../../../localstack/dynamodb/table-definition.ts';
import { startStateTable, stateTable } from '../../gateway/local-state-table.ts';

const HOUR = 60 * 60 * 1000;
const keyOf = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } });

test('records are kept for 24 hours, and sequence numbers are never used again', async () => {
  const onRecorded = vi.fn();
  const definition = parseTableDefinition(stateTable);
  const tables = await openLocalTables({ tables: [definition], region: 'local', account: '0', onRecorded });
  const put = (sk: string) => tables.execute('PutItem', { TableName: 'state', Item: keyOf(sk) });
  await tables.log.openConsumer('state', 'test', 'TRIM_HORIZON');
  await put('a');
  await put('b');
  await tables.trim(Date.now() + 23 * HOUR);
  expect(await tables.log.read('state', 'test', 10)).toHaveLength(2);
  await tables.trim(Date.now() + 25 * HOUR);
  expect(await tables.log.read('state', 'test', 10)).toEqual([]);
  await put('c');
  const left = await tables.log.read('state', 'test', 10);
  expect(left.map(({ dynamodb }) => [dynamodb.SequenceNumber, dynamodb.Keys])).toEqual([
    ['100000000000000000003', keyOf('c')],
  ]);
  expect(onRecorded.mock.calls).toEqual([[['state']], [['state']], [['state']]]);
  await tables.close();
});

test('a consumer that was never opened is refused', async () => {
  const definition = parseTableDefinition(stateTable);
  const tables = await openLocalTables({ tables: [definition], region: 'local', account: '0', onRecorded: vi.fn() });
  await expect(tables.log.read('state', 'nobody', 1)).rejects.toThrow('consumer nobody of the stream of state');
  await tables.close();
});

test('damage found in the background ends the thread and says so', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'stride-dynamodb-damage-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const first = await startStateTable({ directory });
  await first.close();
  const left = dynalite.create({ path: directory });
  await left.db.open();
  await left.db.put('item-state~damaged', { ttl: { N: '1700000000' } });
  await left.db.put('ttl-state~001700000000~damaged', 0);
  await left.db.close();

  const db = await startStateTable({ directory });
  await expect(db.ended).rejects.toBeInstanceOf(Error);
  await expect(db.expireNow()).rejects.toBeInstanceOf(Error);
  await db.close();
});
