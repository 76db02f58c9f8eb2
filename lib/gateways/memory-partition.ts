import { compareSortKeys } from './item-rules.ts';
import type { Item, Page, QueryRange } from './store.ts';

export interface StoredItem {
  readonly item: Item;
  /** Bytes, as DynamoDB counts them. */
  readonly size: number;
}

const PAGE_BYTES = 1024 * 1024;
/** Above this share of the partition, changed keys are put in order together: one at a time costs more. */
const MANY = 0.01;

/** The items of one partition, read in the byte order of their sort keys. The order is made when it is asked for. */
export class MemoryPartition {
  readonly #items = new Map<string, StoredItem>();
  /** Keys in their order, without the late ones, and with the removed ones. */
  #order: string[] = [];
  #late: string[] = [];
  readonly #removed = new Set<string>();

  get size(): number {
    return this.#items.size;
  }

  get(sk: string): Item | undefined {
    return this.#items.get(sk)?.item;
  }

  *all(): Iterable<Item> {
    for (const { item } of this.#items.values()) yield item;
  }

  set(stored: StoredItem): void {
    const { sk } = stored.item;
    const isNew = !this.#items.has(sk);
    this.#items.set(sk, stored);
    if (!isNew || this.#removed.delete(sk)) return;
    // Most new keys go to the end: they begin with a time or a number.
    const goesLast = compareSortKeys(this.#order.at(-1) ?? '', sk) < 0;
    (goesLast ? this.#order : this.#late).push(sk);
  }

  /** False when there is no such item. */
  delete(sk: string): boolean {
    if (!this.#items.delete(sk)) return false;
    this.#removed.add(sk);
    return true;
  }

  /** What a query gives: at most `limit` items and 1 MB of them. */
  page({ prefix = '', after = '', limit = Infinity }: QueryRange): Page {
    const order = this.#inOrder();
    const page: Item[] = [];
    let bytes = 0;
    for (let index = firstAtOrAfter(order, compareSortKeys(after, prefix) < 0 ? prefix : after); ; index += 1) {
      const sk = order[index];
      const stored = sk === undefined ? undefined : this.#items.get(sk);
      if (sk === undefined || stored === undefined || !sk.startsWith(prefix)) return { items: page };
      if (sk === after) continue;
      page.push(stored.item);
      bytes += stored.size;
      if (page.length >= limit || bytes >= PAGE_BYTES) return { items: page, next: sk };
    }
  }

  #inOrder(): readonly string[] {
    const changed = this.#late.length + this.#removed.size;
    if (changed === 0) return this.#order;
    if (changed > this.#order.length * MANY) {
      // Two sorted runs, which the sort merges.
      this.#order = [...this.#order, ...this.#late].filter((sk) => !this.#removed.has(sk)).sort(compareSortKeys);
    } else {
      for (const sk of this.#late) this.#order.splice(firstAtOrAfter(this.#order, sk), 0, sk);
      for (const sk of this.#removed) this.#order.splice(firstAtOrAfter(this.#order, sk), 1);
    }
    this.#late = [];
    this.#removed.clear();
    return this.#order;
  }
}

/** Where a sort key is, or would go, in the order. */
function firstAtOrAfter(order: readonly string[], sk: string): number {
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareSortKeys(order[middle] ?? '', sk) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
