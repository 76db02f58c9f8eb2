import type { Item } from '../gateways/store.ts';
import { dataOf, decodeItem, type Versioned } from './items.ts';
import { LruMap } from './lru-map.ts';

/**
 * Decodes items of one type, and remembers what it decoded or wrote: a reader that comes again, as each pass of the
 * tick does, decodes only what changed. Told by the text itself, so nothing stale is ever given out.
 * @param capacity items; sort keys name them, so they must be unique among all partitions of the type
 */
export function createItemMemory<T>(type: string, capacity: number) {
  const known = new LruMap<string, { readonly data: string; readonly value: T }>(capacity);
  return {
    decode(item: Item): Versioned<T> {
      const { data, rev } = dataOf(item, type);
      const former = known.get(item.sk);
      if (former?.data === data) return { value: former.value, rev };
      const decoded = decodeItem<T>(item, type);
      known.set(item.sk, { data, value: decoded.value });
      return decoded;
    },
    /** What an item that is about to be written holds: nobody reads that text unless it is stored. */
    note({ sk, data }: { readonly sk: string; readonly data: string }, value: T): void {
      known.set(sk, { data, value });
    },
    /** An item that is gone: what is remembered of it makes room for others. */
    forget: (sk: string): void => known.delete(sk),
  };
}
