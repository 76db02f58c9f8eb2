import type { Item, Key, Store } from '../gateways/store.ts';
import { decodeItem, encodeItem, UndecodableItem } from './items.ts';
import { fitsOneItem, putParts, readParts } from './parts.ts';

/**
 * Puts an immutable value of any size: in one item, or in parts that are there before the item that names them.
 * @param ttl when it may go, epoch seconds; never when left out
 */
export async function putValue(store: Store, key: Key, type: string, value: unknown, ttl?: number): Promise<boolean> {
  const item = encodeItem(key, type, value, 1);
  const life = ttl === undefined ? {} : { ttl };
  if (fitsOneItem(item.data)) return store.put({ ...item, ...life });
  const { parts, digest } = await putParts(store, key, item.data, ttl);
  return store.put({ ...item, data: '', parts, digest, ...life });
}

/** The value of an item that `putValue` made. Throws `UndecodableItem` when it is of another kind or parts are gone. */
export async function readValue<T>(store: Store, item: Item, type: string): Promise<T> {
  const { parts, digest } = item;
  if (typeof parts !== 'number' || typeof digest !== 'string') return decodeItem<T>(item, type).value;
  const data = await readParts(store, item, { parts, digest });
  if (data === undefined) throw new UndecodableItem(`${item.pk}/${item.sk} lacks some of its ${parts} parts`);
  return decodeItem<T>({ ...item, data }, type).value;
}
