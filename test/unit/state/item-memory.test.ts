import { describe, expect, it } from 'vitest';
import { createItemMemory } from '../../../lib/state/item-memory.ts';
import { encodeItem, UndecodableItem } from '../../../lib/state/items.ts';

const KEY = { pk: 'p', sk: 'a' };

describe('the memory of decoded items', () => {
  it('decodes a text once', () => {
    const memory = createItemMemory<{ n: number }>('thing', 10);
    const first = memory.decode(encodeItem(KEY, 'thing', { n: 1 }, 1));
    const again = memory.decode(encodeItem(KEY, 'thing', { n: 1 }, 2));
    expect([first, again]).toEqual([
      { value: { n: 1 }, rev: 1 },
      { value: { n: 1 }, rev: 2 },
    ]);
    expect(again.value).toBe(first.value);
  });

  it('decodes what changed', () => {
    const memory = createItemMemory<{ n: number }>('thing', 10);
    memory.decode(encodeItem(KEY, 'thing', { n: 1 }, 1));
    expect(memory.decode(encodeItem(KEY, 'thing', { n: 2 }, 2))).toEqual({ value: { n: 2 }, rev: 2 });
  });

  it('gives what was written for an item with that text', () => {
    const memory = createItemMemory<{ n: number }>('thing', 10);
    const value = { n: 3 };
    const item = encodeItem(KEY, 'thing', value, 7);
    memory.note(item, value);
    expect(memory.decode({ ...item }).value).toBe(value);
  });

  it('refuses an item of another kind, whatever it remembers', () => {
    const memory = createItemMemory<{ n: number }>('thing', 10);
    memory.decode(encodeItem(KEY, 'thing', { n: 1 }, 1));
    expect(() => memory.decode({ ...encodeItem(KEY, 'thing', { n: 1 }, 1), format: 99 })).toThrow(UndecodableItem);
    expect(() => memory.decode(encodeItem(KEY, 'other', { n: 1 }, 1))).toThrow(UndecodableItem);
  });

  it('forgets what was used longest ago', () => {
    const memory = createItemMemory<{ n: number }>('thing', 1);
    const first = memory.decode(encodeItem(KEY, 'thing', { n: 1 }, 1));
    memory.decode(encodeItem({ ...KEY, sk: 'b' }, 'thing', { n: 2 }, 1));
    const again = memory.decode(encodeItem(KEY, 'thing', { n: 1 }, 1));
    expect(again).toEqual(first);
    expect(again.value).not.toBe(first.value);
  });

  it('remembers nothing of an item that is gone', () => {
    const memory = createItemMemory<{ n: number }>('thing', 10);
    const first = memory.decode(encodeItem(KEY, 'thing', { n: 1 }, 1));
    memory.forget(KEY.sk);
    expect(memory.decode(encodeItem(KEY, 'thing', { n: 1 }, 1)).value).not.toBe(first.value);
  });
});
