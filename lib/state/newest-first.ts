import type { Store } from '../gateways/store.ts';
import type { Instant } from '../model/timestamp.ts';
import { decodeReadable } from './items.ts';

/** Beyond every instant. */
const END_OF_TIME = 9_999_999_999_999;

/** Begins sort keys of records, so that newer ones come first: the time that is left, in fixed width. */
export const newestFirst = (at: Instant): string => String(END_OF_TIME - Math.trunc(at)).padStart(13, '0');

/** `next` is where the page after this one begins; absent on the last one. */
export interface RecordPage<T> {
  readonly records: readonly T[];
  readonly next?: string;
}

/** One page of the records of a partition. Those of another version of Stride are passed over: they are over soon. */
export async function readPage<T>(
  store: Store,
  pk: string,
  type: string,
  limit: number,
  after: string | undefined,
): Promise<RecordPage<T>> {
  const page = await store.query(pk, { limit, ...(after !== undefined && { after }) });
  const records = page.items.map((item) => decodeReadable<T>(item, type)).filter((record) => record !== undefined);
  return { records, ...(page.next !== undefined && { next: page.next }) };
}
