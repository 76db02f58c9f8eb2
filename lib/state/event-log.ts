import type { Store } from '../gateways/store.ts';
import type { LoggedEvent, MarathonEvent } from '../model/outbox.ts';
import type { Instant } from '../model/timestamp.ts';
import { eventPartition, eventSortKey, firstOfPartition, type StateKeys, stateKeys } from './keys.ts';
import { putValue, readValue } from './values.ts';

/** How far back a reader can resume. */
const KEPT_SECONDS = 24 * 3600;
/** Events of one item: DynamoDB bills a write for each kilobyte begun, and events are smaller than that. */
const EVENTS_AN_ITEM = 100;

export interface NewEvent {
  readonly id: string;
  readonly event: MarathonEvent;
}

/** Events that follow each other, cut where an item is full and where a partition of the log ends. */
function itemsOf(events: readonly LoggedEvent[]): readonly (readonly LoggedEvent[])[] {
  const items: LoggedEvent[][] = [];
  let open: LoggedEvent[] = [];
  for (const event of events) {
    const [first] = open;
    const fits = first !== undefined && eventPartition(first.number) === eventPartition(event.number);
    if (!fits || open.length === EVENTS_AN_ITEM) {
      open = [];
      items.push(open);
    }
    open.push(event);
  }
  return items;
}

/**
 * The log that `GET /v2/events` reads (own table). A publisher takes numbers first and puts the entries then, so a
 * reader can meet a gap: an entry on its way, or one whose publisher died (it will come again under a new number).
 * An item holds events that follow each other, under the number of its last one.
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
      await Promise.all(
        itemsOf(logged).map((entries) => {
          const newest = entries.at(-1)?.number ?? last;
          return putValue(store, keys.event(newest), 'events', entries, ttl);
        }),
      );
      return logged;
    },
    /** The next entries after `after` up to `upTo`, in order, a partition's at most; numbers may be missing (gaps). */
    async read(after: number, upTo: number): Promise<readonly LoggedEvent[]> {
      const found: LoggedEvent[] = [];
      for (let partition = eventPartition(after + 1); partition <= eventPartition(upTo); partition += 1) {
        const from = Math.max(after, firstOfPartition(partition) - 1);
        const page = await store.query(keys.events(partition), { after: eventSortKey(Math.max(0, from)) });
        const items = await Promise.all(
          page.items.map((item) => readValue<readonly LoggedEvent[]>(store, item, 'events')),
        );
        found.push(...items.flat().filter(({ number }) => number > after && number <= upTo));
        if (found.length > 0) break;
      }
      return found;
    },
  };
}

/** The event log of one scheduler on the events table. */
export const connectEventLog = (store: Store, scheduler: string): EventLog =>
  createEventLog(store, stateKeys(scheduler));

export type EventLog = ReturnType<typeof createEventLog>;
