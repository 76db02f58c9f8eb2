import type { Level, LevelOperation, WireItem } from 'dynalite/db/index.js';
import {
  asStreamRecord,
  type ItemChange,
  type StreamRecord,
  type StreamSource,
  toStreamRecord,
} from './stream-record.ts';
import { expiryOperations } from './time-to-live.ts';

/** A table as writes see it: its stream and its time-to-live attribute, when it has them. */
export interface LoggedTable {
  readonly name: string;
  readonly stream?: StreamSource;
  readonly ttlAttribute?: string;
}

export type StartingPosition = 'TRIM_HORIZON' | 'LATEST';

/**
 * Writes items and their stream records in one LevelDB batch: whatever moment the process dies at, both are there or
 * neither is. Batches run one after the other and take in all that waits, so records lie in the order of commits and
 * many concurrent writes cost one batch.
 */
export interface ChangeLog {
  commit(table: LoggedTable, key: string, change: ItemChange): Promise<void>;
  /** Fixes where a consumer new to the stream starts; one known already goes on where it was. */
  openConsumer(table: string, consumer: string, position: StartingPosition): Promise<void>;
  /** Records after the consumer's checkpoint, oldest first: at most `max`, and about 1 MB as GetRecords. */
  read(table: string, consumer: string, max: number): Promise<readonly StreamRecord[]>;
  checkpoint(table: string, consumer: string, sequence: string): Promise<void>;
  /** Drops records older than 24 hours, as DynamoDB does. */
  trim(table: string, now: number): Promise<void>;
  /** Resolves when no write is under way. */
  settled(): Promise<void>;
}

interface Pending {
  readonly table: string;
  readonly operations: readonly LevelOperation[];
  readonly recorded: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

const SEQUENCE_KEY = 'stream-sequence';
const RETENTION_SECONDS = 24 * 60 * 60;
const READ_BYTES = 1024 * 1024;
const recordKey = (table: string, sequence: string) => `stream-${table}~${sequence}`;
const cursorKey = (table: string, consumer: string) => `cursor-${table}~${consumer}`;
/** 21 digits, as DynamoDB's: sorts as text. */
const toSequence = (count: number) => `1${String(count).padStart(20, '0')}`;

/** Opens the log in a database; `onRecorded` hears the tables whose streams have grown, after each batch. */
export async function openChangeLog(db: Level, onRecorded: (tables: readonly string[]) => void): Promise<ChangeLog> {
  const stored = await db.get(SEQUENCE_KEY);
  let count = typeof stored === 'number' ? stored : 0;
  let waiting: Pending[] = [];
  let draining: Promise<void> | undefined;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await db.batch([
          ...group.flatMap(({ operations }) => operations),
          { type: 'put', key: SEQUENCE_KEY, value: count },
        ]);
      } catch (error) {
        for (const pending of group) pending.reject(error);
        continue;
      }
      for (const pending of group) pending.resolve();
      const grown = new Set(group.filter(({ recorded }) => recorded).map(({ table }) => table));
      if (grown.size > 0) onRecorded([...grown]);
    }
    draining = undefined;
  }

  function commit(table: LoggedTable, key: string, change: ItemChange): Promise<void> {
    const operations = [itemOperation(table.name, key, change.after), ...expiryOperations(table, key, change)];
    let record: StreamRecord | undefined;
    if (table.stream !== undefined) {
      record = toStreamRecord(table.stream, change, toSequence(count + 1), Date.now());
      if (record !== undefined) {
        count += 1;
        operations.push({ type: 'put', key: recordKey(table.name, record.dynamodb.SequenceNumber), value: record });
      }
    }
    return new Promise((resolve, reject) => {
      waiting.push({ table: table.name, operations, recorded: record !== undefined, resolve, reject });
      draining ??= drain();
    });
  }

  async function openConsumer(table: string, consumer: string, position: StartingPosition): Promise<void> {
    const key = cursorKey(table, consumer);
    if ((await db.get(key)) !== undefined) return;
    await db.put(key, position === 'LATEST' ? toSequence(count) : toSequence(0));
  }

  async function read(table: string, consumer: string, max: number): Promise<readonly StreamRecord[]> {
    const cursor = await db.get(cursorKey(table, consumer));
    if (typeof cursor !== 'string') throw new Error(`consumer ${consumer} of the stream of ${table} was not opened`);
    const records: StreamRecord[] = [];
    let bytes = 0;
    for await (const [, value] of db.iterator({
      gt: recordKey(table, cursor),
      lt: recordKey(table, '~'),
      limit: max,
    })) {
      const record = asStreamRecord(value);
      records.push(record);
      bytes += record.dynamodb.SizeBytes;
      if (bytes >= READ_BYTES) break;
    }
    return records;
  }

  async function trim(table: string, now: number): Promise<void> {
    const oldest = now / 1000 - RETENTION_SECONDS;
    let kept = recordKey(table, '~');
    for await (const [key, value] of db.iterator({ gt: recordKey(table, ''), lt: kept })) {
      if (asStreamRecord(value).dynamodb.ApproximateCreationDateTime < oldest) continue;
      kept = key;
      break;
    }
    await db.clear({ gt: recordKey(table, ''), lt: kept });
  }

  return {
    commit,
    openConsumer,
    read,
    checkpoint: (table, consumer, sequence) => db.put(cursorKey(table, consumer), sequence),
    trim,
    settled: async () => draining,
  };
}

function itemOperation(table: string, key: string, item: WireItem | undefined): LevelOperation {
  const path = `item-${table}~${key}`;
  return item === undefined ? { type: 'del', key: path } : { type: 'put', key: path, value: item };
}
