/** What an item holds: keys and flat attributes. Nested state travels as JSON text in one attribute. */
export type AttributeValue = string | number | boolean;
export type Item = Readonly<Record<string, AttributeValue>> & Key;

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** What must hold for a write to happen; judged and applied as one step by the store. */
export type WriteCondition =
  | { readonly kind: 'absent' }
  | { readonly kind: 'exists' }
  | { readonly kind: 'equals'; readonly attribute: string; readonly value: AttributeValue }
  | { readonly kind: 'missing'; readonly attribute: string }
  | { readonly kind: 'atMost'; readonly attribute: string; readonly value: number }
  | { readonly kind: 'any'; readonly of: readonly WriteCondition[] }
  | { readonly kind: 'all'; readonly of: readonly WriteCondition[] };

export interface ItemChanges {
  readonly set?: Readonly<Record<string, AttributeValue>>;
  /** Numbers to add; a missing attribute counts as 0. */
  readonly add?: Readonly<Record<string, number>>;
  readonly remove?: readonly string[];
}

export interface QueryRange {
  /** Sort keys that begin with this text. */
  readonly prefix?: string;
  /** Sort keys strictly greater than this. */
  readonly after?: string;
  /** At most this many items a page; the store may return fewer. */
  readonly limit?: number;
  /** False accepts an older answer at half the price. Default true. */
  readonly consistent?: boolean;
}

export interface Page {
  readonly items: readonly Item[];
  /** Give as `after` to read on; absent on the last page. */
  readonly next?: string;
}

/**
 * A table of items with conditional single-item writes (DynamoDB's model; ADR 2).
 * A failed condition is an outcome, not an error. Outages, throttling and time-outs throw `StoreUnavailable`;
 * the write may then have happened or not.
 */
export interface Store {
  get(key: Key): Promise<Item | undefined>;
  /** Items that exist, in no particular order. Any number of keys. */
  getMany(keys: readonly Key[]): Promise<readonly Item[]>;
  /** One page of a partition in ascending order of sort key. */
  query(pk: string, range?: QueryRange): Promise<Page>;
  /** Replaces the whole item. False: the condition did not hold. */
  put(item: Item, condition?: WriteCondition): Promise<boolean>;
  /** Changes attributes; creates the item if absent. The new item, or undefined when the condition did not hold. */
  update(key: Key, changes: ItemChanges, condition?: WriteCondition): Promise<Item | undefined>;
  /** False: the condition did not hold. Deleting what is not there is true. */
  delete(key: Key, condition?: WriteCondition): Promise<boolean>;
}

/** One change of an item as the table's stream tells it. At least once, in order per item. */
export interface ChangeRecord {
  readonly kind: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly key: Key;
  /** The item after the change; absent on REMOVE. */
  readonly item?: Item;
  /** Names the change; equal when the stream repeats it. */
  readonly sequence: string;
}

/** The store did not answer; whether a write happened is unknown. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** All items of a range, read page by page. */
export async function queryAll(store: Store, pk: string, range: QueryRange = {}): Promise<readonly Item[]> {
  const pages: (readonly Item[])[] = [];
  for (let after = range.after; ; ) {
    const page = await store.query(pk, after === undefined ? range : { ...range, after });
    pages.push(page.items);
    if (page.next === undefined) return pages.flat();
    after = page.next;
  }
}
