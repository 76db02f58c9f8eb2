import type { Item, Key, WriteCondition } from '../gateways/store.ts';

/** A value as it was read, with the revision that a replacement must still find. */
export interface Versioned<T> {
  readonly value: T;
  readonly rev: number;
}

/** Format of the JSON in `data`; a reader of another format refuses the item instead of guessing. */
const FORMAT = 1;

/** An item that this version cannot read: it is quarantined with this error, the others go on (principle 11). */
export class UndecodableItem extends Error {
  override readonly name = 'UndecodableItem';
}

/** An item with a value: its JSON in `data`. */
export function encodeItem(key: Key, type: string, value: unknown, rev: number): Item & { readonly data: string } {
  return { ...key, type, format: FORMAT, rev, data: JSON.stringify(value) };
}

/** Text and revision of an item that is of this type. Throws `UndecodableItem`. */
export function dataOf(item: Item, type: string): { readonly data: string; readonly rev: number } {
  const { data, rev } = item;
  if (item['type'] !== type || item['format'] !== FORMAT || typeof data !== 'string' || typeof rev !== 'number') {
    throw new UndecodableItem(`${item.pk}/${item.sk} is not a ${type} of format ${FORMAT}`);
  }
  return { data, rev };
}

/**
 * The value of an item that `encodeItem` made. The state table has no other writer, so type and format are what is
 * checked; the value's shape is that of `T` in the version that wrote this format.
 */
export function decodeItem<T>(item: Item, type: string): Versioned<T> {
  const { data, rev } = dataOf(item, type);
  try {
    return { value: JSON.parse(data) as T, rev };
  } catch (cause) {
    throw new UndecodableItem(`${item.pk}/${item.sk} holds no JSON`, { cause });
  }
}

/** The same for what may be passed over: undefined when this version cannot read it. */
export function decodeReadable<T>(item: Item, type: string): T | undefined {
  try {
    return decodeItem<T>(item, type).value;
  } catch (error) {
    if (!(error instanceof UndecodableItem)) throw error;
    return undefined;
  }
}

/** The condition that nothing changed since the read: revision 0 stands for "no item". */
export const unchangedSince = (rev: number): WriteCondition =>
  rev === 0 ? { kind: 'absent' } : { kind: 'equals', attribute: 'rev', value: rev };
