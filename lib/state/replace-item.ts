import type { Item, Key, Store } from '../gateways/store.ts';
import type { Outbox } from '../model/outbox.ts';
import { encodeItem, unchangedSince } from './items.ts';
import { outboxAttribute } from './outbox.ts';

/** The table's stream passes over what announces nothing. */
const isSilent = ({ events, dirty, wake, deployments = [] }: Outbox): boolean =>
  !wake && events.length + dirty.length + deployments.length === 0;

/** Puts an encoded item if its forerunner is still at `rev` (0: not there yet), with what the write announces. */
export async function replaceEncoded(
  store: Store,
  item: Item & { readonly data: string },
  rev: number,
  outbox?: Outbox,
): Promise<boolean> {
  const announced =
    outbox === undefined || isSilent(outbox) ? {} : { outbox: await outboxAttribute(store, item, item.data, outbox) };
  return store.put({ ...item, ...announced }, unchangedSince(rev));
}

/** Replaces a value if it is still at `rev` (0: not there yet), with what the write announces. False: someone else wrote. */
export const replaceItem = (
  store: Store,
  key: Key,
  type: string,
  value: unknown,
  rev: number,
  outbox?: Outbox,
): Promise<boolean> => replaceEncoded(store, encodeItem(key, type, value, rev + 1), rev, outbox);
