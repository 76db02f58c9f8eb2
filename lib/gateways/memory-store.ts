import { assertNever } from '../model/brand.ts';
import type { Instant } from '../model/timestamp.ts';
import { checkChanges, checkedItemSize, checkKey, checkLimit, checkNumber, sumOf } from './item-rules.ts';
import { MemoryPartition, type StoredItem } from './memory-partition.ts';
import type { AttributeValue, ChangeRecord, Item, ItemChanges, Key, Store, WriteCondition } from './store.ts';

/** A store in memory with DynamoDB's semantics: limits, key order, decimal sums, pages of 1 MB, a stream of changes. */
export interface MemoryStore extends Store {
  /**
   * Calls the listener for each change, in the order of commits, before the write's promise resolves. It must not throw.
   * A write that changes nothing has no record, as with DynamoDB. Returns how to stop.
   */
  subscribe(listener: (record: ChangeRecord) => void): () => void;
  /** Deletes what time to live would delete by `now`: items whose `ttl` (epoch seconds) is past. Returns how many. */
  expire(now: Instant): number;
}

const FIVE_YEARS_SECONDS = 5 * 366 * 24 * 60 * 60;

/** An empty store. Items given out are frozen and shared: reading costs no copy. */
export function createMemoryStore(): MemoryStore {
  const partitions = new Map<string, MemoryPartition>();
  const changes = createChangeFeed();

  function find(key: Key): Item | undefined {
    return partitions.get(key.pk)?.get(key.sk);
  }

  function write(stored: StoredItem): Item {
    const { item } = stored;
    const partition = partitions.get(item.pk) ?? new MemoryPartition();
    partitions.set(item.pk, partition);
    const before = partition.get(item.sk);
    partition.set(stored);
    if (before === undefined) changes.publish('INSERT', item, item);
    else if (!sameItem(before, item)) changes.publish('MODIFY', item, item);
    return item;
  }

  function remove(key: Key): void {
    const partition = partitions.get(key.pk);
    if (partition === undefined || !partition.delete(key.sk)) return;
    if (partition.size === 0) partitions.delete(key.pk);
    changes.publish('REMOVE', key);
  }

  function expire(now: Instant): number {
    const seconds = Math.floor(now / 1000);
    const due: Key[] = [];
    for (const partition of partitions.values()) {
      for (const item of partition.all()) {
        const ttl = item['ttl'];
        if (typeof ttl === 'number' && ttl <= seconds && ttl >= seconds - FIVE_YEARS_SECONDS) due.push(item);
      }
    }
    for (const key of due) remove(key);
    return due.length;
  }

  return {
    get: async (key) => find(checkKey(key)),
    getMany: async (keys) => {
      const unique = new Map(keys.map((key) => [JSON.stringify([key.pk, key.sk]), checkKey(key)]));
      return [...unique.values()].map(find).filter((item) => item !== undefined);
    },
    query: async (pk, range = {}) => {
      checkLimit(range.limit ?? Infinity);
      return partitions.get(pk)?.page(range) ?? { items: [] };
    },
    put: async (item, condition) => {
      checkKey(item);
      const wanted = toStored(checkValues(item));
      if (!holds(condition, find(item))) return false;
      write(wanted);
      return true;
    },
    update: async (key, changed, condition) => {
      const { pk, sk } = checkKey(key);
      checkChanges(changed);
      const set = checkValues(changed.set ?? {});
      const before = find(key);
      if (!holds(condition, before)) return undefined;
      return write(toStored(applyChanges(before ?? { pk, sk }, { ...changed, set })));
    },
    delete: async (key, condition) => {
      checkKey(key);
      if (!holds(condition, find(key))) return false;
      remove(key);
      return true;
    },
    subscribe: changes.subscribe,
    expire,
  };
}

function toStored(item: Item): StoredItem {
  return { item: Object.freeze(item), size: checkedItemSize(item) };
}

/** A copy of the values as DynamoDB would keep them. */
function checkValues<T extends Readonly<Record<string, AttributeValue>>>(values: T): T {
  const corrected: Record<string, number> = {};
  let differs = false;
  for (const name in values) {
    const value = values[name];
    if (typeof value !== 'number') continue;
    const stored = checkNumber(name, value);
    if (Object.is(stored, value)) continue;
    corrected[name] = stored;
    differs = true;
  }
  return differs ? { ...values, ...corrected } : { ...values };
}

function applyChanges(before: Item, changes: ItemChanges): Item {
  const { pk, sk } = before;
  const attributes: Record<string, AttributeValue> = { ...before, ...changes.set };
  for (const [name, added] of Object.entries(changes.add ?? {})) {
    const sum = sumOf(name, attributeOf(before, name), checkNumber(name, added));
    attributes[name] = checkNumber(name, sum);
  }
  for (const name of changes.remove ?? []) delete attributes[name];
  return { ...attributes, pk, sk };
}

function attributeOf(item: Item | undefined, name: string): AttributeValue | undefined {
  return item !== undefined && Object.hasOwn(item, name) ? item[name] : undefined;
}

function holds(condition: WriteCondition | undefined, item: Item | undefined): boolean {
  if (condition === undefined) return true;
  switch (condition.kind) {
    case 'absent':
      return item === undefined;
    case 'exists':
      return item !== undefined;
    case 'equals':
      return attributeOf(item, condition.attribute) === condition.value;
    case 'missing':
      return attributeOf(item, condition.attribute) === undefined;
    case 'atMost': {
      const value = attributeOf(item, condition.attribute);
      return typeof value === 'number' && value <= condition.value;
    }
    case 'any':
      return condition.of.some((each) => holds(each, item));
    case 'all':
      return condition.of.every((each) => holds(each, item));
    default:
      return assertNever(condition);
  }
}

function sameItem(a: Item, b: Item): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** Delivers records one at a time: a write that a listener makes is delivered after the record it reacts to. */
function createChangeFeed() {
  const listeners = new Set<(record: ChangeRecord) => void>();
  const queue: ChangeRecord[] = [];
  let delivering = false;
  let count = 0;

  function deliver(): void {
    if (delivering) return;
    delivering = true;
    try {
      for (let record = queue.shift(); record !== undefined; record = queue.shift()) {
        for (const listener of listeners) listener(record);
      }
    } finally {
      delivering = false;
    }
  }

  return {
    publish(kind: ChangeRecord['kind'], { pk, sk }: Key, item?: Item): void {
      count += 1;
      const sequence = `1${String(count).padStart(20, '0')}`;
      queue.push({ kind, key: { pk, sk }, sequence, ...(item === undefined ? {} : { item }) });
      deliver();
    },
    subscribe(listener: (record: ChangeRecord) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
