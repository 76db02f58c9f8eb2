import type { Store } from '../gateways/store.ts';
import type { LoggedEvent, MarathonEvent } from '../model/outbox.ts';
import type { Instant } from '../model/timestamp.ts';
import { eventPartition, eventSortKey, firstOfPartition, type StateKeys, stateKeys } from './keys.ts';
import { putValue, readValue } from './values.ts';

/** How far back a reader can resume. */
const KEPT_SECONDS = 24 * 3600;

export interface NewEvent {
  readonly id: string;
  readonly event: MarathonEvent;
}

/**
 * The log that `GET /v2/events` reads (own table). A publisher takes numbers first and puts the entries then, so a
 * reader can meet a gap: an entry on its way, or one whose publisher died (it will come again under a new number).
 */
function createEventLog(store: Store, keys: StateKeys) {
  async function head(): Promise<number> {
    const item = await store.get(keys.eventHead);
    const value = item?.['n'];
    return typeof value === 'number' ? value : 0;
  }

  return {
    /** The highest number taken so far; 0 before the first event. */
    head,
    /** Numbers the events in order and stores them. At least once: a repeat gets new numbers and equal ids. */
    async append(events: readonly NewEvent[], now: Instant): Promise<readonly LoggedEvent[]> {
      if (events.length === 0) return [];
      const item = await store.update(keys.eventHead, { add: { n: events.length } });
      const last = item?.['n'];
      if (typeof last !== 'number') throw new Error('the event log gave no numbers');
      const ttl = Math.floor(now / 1000) + KEPT_SECONDS;
      const logged = events.map((event, index) => ({ ...event, number: last - events.length + 1 + index }));
      await Promise.all(logged.map((entry) => putValue(store, keys.event(entry.number), 'event', entry, ttl)));
      return logged;
    },
    /** The next entries after `after` up to `upTo`, in order, at most a thousand; numbers may be missing (gaps). */
    async read(after: number, upTo: number): Promise<readonly LoggedEvent[]> {
      const found: LoggedEvent[] = [];
      for (let partition = eventPartition(after + 1); partition <= eventPartition(upTo); partition += 1) {
        const from = Math.max(after, firstOfPartition(partition) - 1);
        const page = await store.query(keys.events(partition), { after: eventSortKey(Math.max(0, from)) });
        found.push(...(await Promise.all(page.items.map((item) => readValue<LoggedEvent>(store, item, 'event')))));
        if (found.length > 0) break;
      }
      return found.filter((entry) => entry.number <= upTo);
    },
  };
}

/** The event log of one scheduler on the events table. */
export const connectEventLog = (store: Store, scheduler: string): EventLog =>
  createEventLog(store, stateKeys(scheduler));

export type EventLog = ReturnType<typeof createEventLog>;
