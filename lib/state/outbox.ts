import type { Item, Key, Store } from '../gateways/store.ts';
import type { Outbox } from '../model/outbox.ts';
import { UndecodableItem } from './items.ts';
import { fitsOneItem, type PartsReference, putParts, readParts } from './parts.ts';

/** An outbox that is stored elsewhere outlives the table's stream, which keeps a record for a day. */
const KEPT_SECONDS = 2 * 24 * 3600;

/** When an outbox may go, epoch seconds: by the newest of its events. */
function ttlOf({ events }: Outbox): number | undefined {
  const times = events.map(({ timestamp }) => Date.parse(timestamp));
  return times.length === 0 ? undefined : Math.floor(Math.max(...times) / 1000) + KEPT_SECONDS;
}

/** The `outbox` attribute of an item: the outbox itself, or where it is when both do not fit into one item. */
export async function outboxAttribute(store: Store, key: Key, data: string, outbox: Outbox): Promise<string> {
  const text = JSON.stringify(outbox);
  if (fitsOneItem(data, text)) return text;
  return JSON.stringify(await putParts(store, key, text, ttlOf(outbox)));
}

/** Announces what changed nothing, such as a refusal, once: an item of its own, which nobody reads but the stream. */
export async function announce(store: Store, key: Key, outbox: Outbox): Promise<void> {
  const ttl = ttlOf(outbox);
  const text = await outboxAttribute(store, key, '', outbox);
  const life = ttl === undefined ? {} : { ttl };
  await store.put({ ...key, type: 'announcement', rev: 1, outbox: text, ...life }, { kind: 'absent' });
}

/** What the last write of an item announced; undefined when it announced nothing. */
export async function readOutbox(store: Store, item: Item): Promise<Outbox | undefined> {
  const { outbox } = item;
  if (typeof outbox !== 'string') return undefined;
  const value = JSON.parse(outbox) as Outbox | PartsReference;
  if (!('digest' in value)) return value;
  const text = await readParts(store, item, value);
  if (text === undefined) throw new UndecodableItem(`the outbox of ${item.pk}/${item.sk} is gone`);
  return JSON.parse(text) as Outbox;
}
