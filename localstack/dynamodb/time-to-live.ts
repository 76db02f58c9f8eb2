import type { Level, LevelOperation, WireItem } from 'dynalite/db/index.js';
import type { ItemChange } from './stream-record.ts';

/** A table whose items expire at the epoch seconds in one of their attributes. */
interface ExpiringTable {
  readonly name: string;
  readonly ttlAttribute?: string;
}

const FIVE_YEARS_SECONDS = 5 * 366 * 24 * 60 * 60;
const expiryKey = (table: string, seconds: number, item: string) =>
  `ttl-${table}~${String(seconds).padStart(12, '0')}~${item}`;

/** Keeps the index of expiry times in step with a write. Without it every sweep would read the whole table. */
export function expiryOperations(table: ExpiringTable, key: string, change: ItemChange): LevelOperation[] {
  if (table.ttlAttribute === undefined) return [];
  const before = expiryOf(change.before, table.ttlAttribute);
  const after = expiryOf(change.after, table.ttlAttribute);
  if (before === after) return [];
  const operations: LevelOperation[] = [];
  if (before !== undefined) operations.push({ type: 'del', key: expiryKey(table.name, before, key) });
  if (after !== undefined) operations.push({ type: 'put', key: expiryKey(table.name, after, key), value: 0 });
  return operations;
}

/** The store's keys of the items that are due at `now` (ms). DynamoDB leaves alone what expired over five years ago. */
export async function dueItems(db: Level, table: string, now: number): Promise<readonly string[]> {
  const seconds = Math.floor(now / 1000);
  const due: string[] = [];
  const first = expiryKey(table, seconds - FIVE_YEARS_SECONDS, '');
  for await (const key of db.keys({ gte: first, lt: expiryKey(table, seconds + 1, '') })) {
    due.push(key.slice(first.length));
  }
  return due;
}

/** Builds the index anew: for a table that was filled while another attribute, or none, held the expiry time. */
export async function rebuildExpiryIndex(db: Level, table: ExpiringTable): Promise<void> {
  const marker = `ttl-attribute-${table.name}`;
  if (((await db.get(marker)) ?? '') === (table.ttlAttribute ?? '')) return;
  await db.clear({ gt: `ttl-${table.name}~`, lt: `ttl-${table.name}~~` });
  const items = `item-${table.name}~`;
  for await (const [path, item] of db.iterator({ gt: items, lt: `${items}~` })) {
    const change = { before: undefined, after: asItem(item), expired: false };
    await db.batch(expiryOperations(table, path.slice(items.length), change));
  }
  await db.put(marker, table.ttlAttribute ?? '');
}

function expiryOf(item: WireItem | undefined, attribute: string): number | undefined {
  const seconds = Number(item?.[attribute]?.['N']);
  return seconds >= 1 && seconds < 1e12 ? Math.floor(seconds) : undefined;
}

function asItem(value: unknown): WireItem {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
