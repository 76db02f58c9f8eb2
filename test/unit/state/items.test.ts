import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../lib/gateways/memory-store.ts';
import type { Item } from '../../../lib/gateways/store.ts';
import { decodeItem, encodeItem, UndecodableItem, unchangedSince } from '../../../lib/state/items.ts';
import { readOutbox } from '../../../lib/state/outbox.ts';
import { replaceItem } from '../../../lib/state/replace-item.ts';

const KEY = { pk: 'stride#X', sk: '-' };

describe('an item', () => {
  it('is its key, type, format, revision and JSON', () => {
    expect(encodeItem(KEY, 'thing', { a: [1] }, 3)).toEqual({
      ...KEY,
      type: 'thing',
      format: 1,
      rev: 3,
      data: '{"a":[1]}',
    });
  });

  it('carries what it announces', async () => {
    const store = createMemoryStore();
    const outbox = { events: [], dirty: [], wake: true };
    await replaceItem(store, KEY, 'thing', 1, 0, outbox);
    const item = await store.get(KEY);
    expect(item?.['outbox']).toBe('{"events":[],"dirty":[],"wake":true}');
    expect(item === undefined ? undefined : await readOutbox(store, item)).toEqual(outbox);
    expect(await readOutbox(store, encodeItem(KEY, 'thing', 1, 1))).toBeUndefined();
  });

  it('gives back what was put in', () => {
    expect(decodeItem(encodeItem(KEY, 'thing', { a: null }, 7), 'thing')).toEqual({ value: { a: null }, rev: 7 });
  });

  const good = encodeItem(KEY, 'thing', 1, 1);
  const { rev: _rev, ...withoutRev } = good;
  const { data: _data, ...withoutData } = good;
  it.for<readonly [string, Item, string]>([
    ['of another type', { ...good, type: 'other' }, 'stride#X/- is not a thing of format 1'],
    ['of another format', { ...good, format: 2 }, 'stride#X/- is not a thing of format 1'],
    ['without a revision', withoutRev, 'stride#X/- is not a thing of format 1'],
    ['without data', withoutData, 'stride#X/- is not a thing of format 1'],
    ['with data that is no JSON', { ...good, data: '{' }, 'stride#X/- holds no JSON'],
    ['that was written by somebody else', { ...KEY }, 'stride#X/- is not a thing of format 1'],
  ])('%s is refused by name, not guessed', ([, item, message]) => {
    expect(() => decodeItem(item, 'thing')).toThrow(new UndecodableItem(message));
  });
});

describe('replacing', () => {
  it('needs the revision that was read; 0 stands for none', async () => {
    const store = createMemoryStore();
    expect(await replaceItem(store, KEY, 'thing', 'a', 1)).toBe(false);
    expect(await replaceItem(store, KEY, 'thing', 'a', 0)).toBe(true);
    expect(await replaceItem(store, KEY, 'thing', 'b', 0)).toBe(false);
    expect(await replaceItem(store, KEY, 'thing', 'b', 1)).toBe(true);
    const item = await store.get(KEY);
    expect(item === undefined ? undefined : decodeItem(item, 'thing')).toEqual({ value: 'b', rev: 2 });
  });

  it('drops what the write before announced', async () => {
    const store = createMemoryStore();
    await replaceItem(store, KEY, 'thing', 'a', 0, { events: [], dirty: [], wake: false });
    await replaceItem(store, KEY, 'thing', 'b', 1);
    expect(await store.get(KEY)).not.toHaveProperty('outbox');
  });

  it('is conditional on absence or on the revision', () => {
    expect(unchangedSince(0)).toEqual({ kind: 'absent' });
    expect(unchangedSince(4)).toEqual({ kind: 'equals', attribute: 'rev', value: 4 });
  });
});
