import dynalite, { type DynaliteStore } from 'dynalite/db/index.js';
import { AwsError } from '../endpoint/aws-service.ts';
import { type ChangeLog, openChangeLog } from './change-log.ts';
import { type DynaliteOperation, runOperation } from './dynalite-operations.ts';
import { createLoggedStore, readItem, type ServedTable } from './logged-store.ts';
import type { TableDefinition } from './table-definition.ts';
import { ensureTables, type Place } from './tables.ts';
import { dueItems, rebuildExpiryIndex } from './time-to-live.ts';

/** Tables with what dynalite lacks and Stride uses: streams and time to live. */
export interface LocalTables {
  readonly log: ChangeLog;
  execute(operation: DynaliteOperation, input: unknown): Promise<unknown>;
  /** Deletes the items that are due at `now` (ms); returns how many it deleted. */
  expire(now: number): Promise<number>;
  /** Drops stream records that are too old. */
  trim(now: number): Promise<void>;
  close(): Promise<void>;
}

export interface LocalTablesOptions extends Place {
  /** Where LevelDB keeps its files; absent: in memory. */
  readonly directory?: string;
  readonly tables: readonly TableDefinition[];
  onRecorded(tables: readonly string[]): void;
}

/** Opens the database and makes the tables that are missing. Throws when another process has the directory. */
export async function openLocalTables(options: LocalTablesOptions): Promise<LocalTables> {
  const path = options.directory === undefined ? {} : { path: options.directory };
  const store = dynalite.create({ ...path, createTableMs: 0 });
  await open(store, options.directory);
  const tables = await ensureTables(store, options.tables, options);
  for (const table of tables.values()) await rebuildExpiryIndex(store.db, table);
  const log = await openChangeLog(store.db, options.onRecorded);
  const logged = createLoggedStore(store, tables, log);
  const expiring = createLoggedStore(store, tables, log, true);

  async function expire(now: number): Promise<number> {
    let deleted = 0;
    for (const table of tables.values()) {
      if (table.ttlAttribute === undefined) continue;
      for (const key of await dueItems(store.db, table.name, now)) {
        if (await expireItem(store, expiring, table, table.ttlAttribute, key)) deleted += 1;
      }
    }
    return deleted;
  }

  return {
    log,
    execute: (operation, input) => runOperation(operation, logged, input),
    expire,
    trim: async (now) => {
      for (const table of tables.values()) await log.trim(table.name, now);
    },
    close: async () => {
      await log.settled();
      await store.db.close();
    },
  };
}

async function open(store: DynaliteStore, directory: string | undefined): Promise<void> {
  try {
    await store.db.open();
  } catch (cause) {
    const where = directory ?? 'memory';
    throw new Error(`the local DynamoDB cannot open its data in ${where}: is another local cloud running on it?`, {
      cause,
    });
  }
}

/** Deletes one due item, unless a client has changed its expiry time meanwhile. */
async function expireItem(
  store: DynaliteStore,
  expiring: DynaliteStore,
  table: ServedTable,
  ttlAttribute: string,
  key: string,
): Promise<boolean> {
  const item = readItem(store, table.name, key);
  if (item === undefined) return false;
  try {
    await runOperation('DeleteItem', expiring, {
      TableName: table.name,
      Key: Object.fromEntries(
        table.description.KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]]),
      ),
      ConditionExpression: '#ttl = :seen',
      ExpressionAttributeNames: { '#ttl': ttlAttribute },
      ExpressionAttributeValues: { ':seen': item[ttlAttribute] },
    });
    return true;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}
