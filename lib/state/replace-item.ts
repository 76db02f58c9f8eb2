import type { Key, Store } from '../gateways/store.ts';
import type { Outbox } from '../model/outbox.ts';
import { encodeItem, unchangedSince } from './items.ts';
import { outboxAttribute } from './outbox.ts';

/** Replaces a value if it is still at `rev` (0: not there yet), with what the write announces. False: someone else wrote. */
export async function replaceItem(
  store: Store,
  key: Key,
  type: string,
  value: unknown,
  rev: number,
  outbox?: Outbox,
): Promise<boolean> {
  const item = encodeItem(key, type, value, rev + 1);
  const announced = outbox === undefined ? {} : { outbox: await outboxAttribute(store, key, item.data, outbox) };
  return store.put({ ...item, ...announced }, unchangedSince(rev));
}
