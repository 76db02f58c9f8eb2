import type { Callback, DynaliteStore, ItemDb, WireItem, WireTable } from 'dynalite/db/index.js';
import { AwsError } from '../endpoint/aws-service.ts';
import type { ChangeLog, LoggedTable } from './change-log.ts';

/** A table that the local DynamoDB serves. */
export interface ServedTable extends LoggedTable {
  readonly description: WireTable;
}

/**
 * The store as dynalite's operations are to see it: tables from memory, and every write of an item through the change
 * log. dynalite reads an item, judges the condition and writes, all under its lock of that item, so what it read last
 * is what the write replaces, and records of one item come in the order of its writes.
 */
export function createLoggedStore(
  store: DynaliteStore,
  tables: ReadonlyMap<string, ServedTable>,
  log: ChangeLog,
  expired = false,
): DynaliteStore {
  function served(name: string): ServedTable {
    const table = tables.get(name);
    if (table !== undefined) return table;
    throw new AwsError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`);
  }

  function getTable(name: string, second: boolean | Callback<WireTable>, third?: Callback<WireTable>): void {
    const callback = typeof second === 'function' ? second : third;
    try {
      callback?.(null, served(name).description);
    } catch (error) {
      callback?.(error);
    }
  }

  function getItemDb(name: string): ItemDb {
    const items = store.getItemDb(name);
    const before = new Map<string, WireItem | undefined>();
    const commit = (key: string, after: WireItem | undefined, callback: Callback) => {
      log.commit(served(name), key, { before: before.get(key), after, expired }).then(() => callback(null), callback);
    };
    return {
      ...items,
      get: (key, callback) => {
        const item = readItem(store, name, key);
        before.set(key, item);
        callback(null, item);
      },
      put: (key, item, callback) => commit(key, item, callback),
      del: (key, callback) => commit(key, undefined, callback),
    };
  }

  return { ...store, getTable, getItemDb };
}

/** Reads on this thread: LevelDB answers from memory in microseconds, a trip through the thread pool costs ten times that. */
export function readItem(store: DynaliteStore, table: string, key: string): WireItem | undefined {
  const item = store.db.getSync(`item-${table}~${key}`);
  return typeof item === 'object' && item !== null ? { ...item } : undefined;
}
