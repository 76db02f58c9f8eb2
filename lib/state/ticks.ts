import type { TickRecord } from '../flight-record/tick-record.ts';
import type { Store } from '../gateways/store.ts';
import type { Instant } from '../model/timestamp.ts';
import { decodeItem, encodeItem } from './items.ts';
import type { StateKeys } from './keys.ts';
import { newestFirst, type RecordPage, readPage } from './newest-first.ts';
import { putValue, readValue } from './values.ts';

const KEPT_SECONDS = 7 * 24 * 3600;
const COUNTS = 100_000;

/** Of a record: newer ones sort first. `count` tells the records of one process apart. */
export function tickId(at: Instant, fence: number, count: number): string {
  const turn = String(COUNTS - 1 - (count % COUNTS)).padStart(5, '0');
  return `${newestFirst(at)}-${turn}-${fence}`;
}

/** What the scheduler's passes did, for seven days. The tick alone writes it, nothing is decided by it. */
export function createTicks(store: Store, keys: StateKeys) {
  return {
    /** The data first: a record that names some has it. */
    async put(record: TickRecord, packed: string | undefined): Promise<void> {
      const ttl = Math.floor(record.at / 1000) + KEPT_SECONDS;
      if (packed !== undefined) await putValue(store, keys.tickData(record.id), 'tick-data', packed, ttl);
      await store.put({ ...encodeItem(keys.tick(record.id), 'tick', record, 1), ttl });
    },
    /** One page, the newest first; `next` is where the one after it begins. */
    list: (limit: number, after?: string): Promise<RecordPage<TickRecord>> =>
      readPage<TickRecord>(store, keys.ticks, 'tick', limit, after),
    async get(id: string): Promise<TickRecord | undefined> {
      const item = await store.get(keys.tick(id));
      return item === undefined ? undefined : decodeItem<TickRecord>(item, 'tick').value;
    },
    /** The packed data of a record that says that it has some. */
    async getPacked(id: string): Promise<string | undefined> {
      const item = await store.get(keys.tickData(id));
      return item === undefined ? undefined : readValue<string>(store, item, 'tick-data');
    },
  };
}
