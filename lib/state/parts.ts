import type { Item, Key, Store } from '../gateways/store.ts';
import { contentHash } from '../model/content-hash.ts';

/** Bytes of text that one item takes: below DynamoDB's 400 KB with room for keys and the other attributes. */
const MAX_BYTES = 350_000;
/** UTF-8 takes at most this many bytes for one UTF-16 unit. */
const MAX_BYTES_A_UNIT = 3;

/** Where the rest of a large item is: so many parts, under the hash of the whole text. */
export interface PartsReference {
  readonly parts: number;
  readonly digest: string;
}

/** True when the texts need no parts: they fit into one item together. */
export function fitsOneItem(...texts: readonly string[]): boolean {
  const units = texts.reduce((sum, text) => sum + text.length, 0);
  if (units * MAX_BYTES_A_UNIT <= MAX_BYTES) return true;
  return texts.reduce((sum, text) => sum + new TextEncoder().encode(text).length, 0) <= MAX_BYTES;
}

/** Cuts a text into pieces of at most `MAX_BYTES` of UTF-8, between characters. */
function cut(text: string): readonly string[] {
  const bytes = new TextEncoder().encode(text);
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    let end = Math.min(start + MAX_BYTES, bytes.length);
    while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
    pieces.push(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(start, end)));
    start = end;
  }
  return pieces;
}

/** Parts have a partition of their own, so that no query of the item's partition meets them. */
const partKey = ({ pk }: Key, digest: string, index: number): Key => ({ pk: `${pk}#PARTS`, sk: `${digest}#${index}` });

/**
 * Puts a text in parts beside the item that will refer to it. Parts are named after the text, so writers of different
 * texts never mix theirs. Put them before the item: a reader of the item then finds all of them.
 * @param ttl when they may go, epoch seconds
 */
export async function putParts(store: Store, key: Key, text: string, ttl?: number): Promise<PartsReference> {
  const digest = contentHash(text);
  const pieces = cut(text);
  const life = ttl === undefined ? {} : { ttl };
  await Promise.all(
    pieces.map((data, index) => store.put({ ...partKey(key, digest, index), type: 'part', data, ...life })),
  );
  return { parts: pieces.length, digest };
}

/** The text that a reference stands for; undefined when a part is gone. */
export async function readParts(
  store: Store,
  key: Key,
  { parts, digest }: PartsReference,
): Promise<string | undefined> {
  const keys = Array.from({ length: parts }, (_, index) => partKey(key, digest, index));
  const found = new Map((await store.getMany(keys)).map((item: Item) => [item.sk, item['data']]));
  const pieces = keys.map(({ sk }) => found.get(sk));
  return pieces.every((piece) => typeof piece === 'string') ? pieces.join('') : undefined;
}
