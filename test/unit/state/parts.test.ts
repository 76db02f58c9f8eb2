import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../lib/gateways/memory-store.ts';
import { type Item, type Store, StoreUnavailable } from '../../../lib/gateways/store.ts';
import type { ContentHash } from '../../../lib/model/ids.ts';
import type { Outbox } from '../../../lib/model/outbox.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { connectEventLog } from '../../../lib/state/event-log.ts';
import { encodeItem, UndecodableItem } from '../../../lib/state/items.ts';
import { readOutbox } from '../../../lib/state/outbox.ts';
import { replaceItem } from '../../../lib/state/replace-item.ts';
import { putValue, readValue } from '../../../lib/state/values.ts';
import { EPOCH } from '../../fixtures/an-app.ts';

const KEY = { pk: 'stride#X', sk: '-' };
/** Items whose puts are seen in order. */
function watched() {
  const store = createMemoryStore();
  const put: Item[] = [];
  const watching: Store = {
    ...store,
    put: (item, condition) => {
      put.push(item);
      return store.put(item, condition);
    },
  };
  return { store: watching, put };
}
const there = async (store: Store): Promise<Item> => {
  const item = await store.get(KEY);
  if (item === undefined) throw new Error('the item is missing');
  return item;
};

describe('a value of any size', () => {
  it.for([
    { what: 'small', text: 'a', parts: 0 },
    { what: 'just below the size of an item', text: 'a'.repeat(349_989), parts: 0 },
    { what: 'just above it', text: 'a'.repeat(349_990), parts: 2 },
    { what: 'characters of three bytes', text: '€'.repeat(400_000), parts: 4 },
    { what: 'characters of four bytes, cut between them', text: `a${'😀'.repeat(200_000)}`, parts: 3 },
    { what: 'lone surrogates and byte order marks', text: `\ud800${'\ufeff'.repeat(200_000)}\udc00`, parts: 2 },
    { what: 'megabytes', text: 'x'.repeat(3_000_000), parts: 9 },
  ])('$what: comes back as it was, from $parts parts', async ({ text, parts }) => {
    const { store, put } = watched();
    await putValue(store, KEY, 'thing', { text });
    expect(await readValue(store, await there(store), 'thing')).toEqual({ text });
    expect(put).toHaveLength(parts + 1);
    expect(put.at(-1)).toMatchObject(KEY);
  });

  it('leaves no item behind that names parts which are not there', async () => {
    const { store } = watched();
    let calls = 0;
    const failing: Store = {
      ...store,
      put: async (item, condition) => {
        calls += 1;
        if (calls === 2) throw new StoreUnavailable('no answer');
        return store.put(item, condition);
      },
    };
    await expect(putValue(failing, KEY, 'thing', 'x'.repeat(1_000_000))).rejects.toThrow(StoreUnavailable);
    expect(await store.get(KEY)).toBeUndefined();
  });

  it('keeps the parts of two values of one key apart', async () => {
    const { store } = watched();
    await putValue(store, KEY, 'thing', 'a'.repeat(400_000));
    const first = await there(store);
    await putValue(store, KEY, 'thing', 'b'.repeat(400_000));
    expect(await readValue(store, first, 'thing')).toBe('a'.repeat(400_000));
    expect(await readValue(store, await there(store), 'thing')).toBe('b'.repeat(400_000));
  });

  it('is refused by name when a part is gone, or when it is of another type', async () => {
    const { store, put } = watched();
    await putValue(store, KEY, 'thing', 'x'.repeat(400_000));
    await expect(readValue(store, await there(store), 'other')).rejects.toThrow(UndecodableItem);
    const [part] = put;
    if (part !== undefined) await store.delete(part);
    await expect(readValue(store, await there(store), 'thing')).rejects.toThrow('stride#X/- lacks some of its 2 parts');
  });
});

describe('an outbox of any size', () => {
  const outboxOf = (ids: number): Outbox => ({
    events: [{ eventType: 'group_change_success', timestamp: toTimestamp(EPOCH), ids: 'i'.repeat(ids) }],
    dirty: [],
    wake: true,
  });

  it.for([10, 1_000_000])('is there for the publisher: %i characters', async (size) => {
    const { store, put } = watched();
    expect(await replaceItem(store, KEY, 'thing', 1, 0, outboxOf(size))).toBe(true);
    expect(await readOutbox(store, await there(store))).toEqual(outboxOf(size));
    // Two days after the event that it announces.
    for (const part of put.slice(0, -1)) expect(part['ttl']).toBe(EPOCH / 1000 + 172_800);
  });

  it('counts with what it stands beside', async () => {
    const { store, put } = watched();
    await replaceItem(store, KEY, 'thing', 'x'.repeat(200_000), 0, outboxOf(200_000));
    expect(put).toHaveLength(2);
    expect(await readOutbox(store, await there(store))).toEqual(outboxOf(200_000));
  });

  it('is refused by name when it is gone', async () => {
    const { store, put } = watched();
    await replaceItem(store, KEY, 'thing', 1, 0, outboxOf(1_000_000));
    const [part] = put;
    if (part !== undefined) await store.delete(part);
    await expect(readOutbox(store, await there(store))).rejects.toThrow('the outbox of stride#X/- is gone');
  });

  it('is none where nothing was announced', async () => {
    expect(await readOutbox(createMemoryStore(), encodeItem(KEY, 'thing', 1, 1))).toBeUndefined();
  });
});

describe('an event of any size', () => {
  it('is logged and read in its place', async () => {
    const store = createMemoryStore();
    const log = connectEventLog(store, 'stride');
    const event = (name: string, size: number) => ({
      id: name as ContentHash,
      event: { eventType: name, timestamp: toTimestamp(EPOCH), text: 'x'.repeat(size) },
    });
    await log.append([event('a', 1), event('b', 1_000_000), event('c', 1)], EPOCH);
    const read = await log.read(0, 3);
    expect(read).toEqual(
      [event('a', 1), event('b', 1_000_000), event('c', 1)].map((one, at) => ({ ...one, number: at + 1 })),
    );
    expect(store.expire(EPOCH + 2 * 86_400_000)).toBe(1 + 3);
  });
});
