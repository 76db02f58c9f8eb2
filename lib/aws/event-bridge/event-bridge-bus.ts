import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { Bus, BusEntry } from '../../gateways/bus.ts';

/** Most entries of one PutEvents call. */
const BATCH = 10;
/** Bytes of details in one call, and so in one entry: PutEvents takes less than 1 MB with all the rest (aws.md §3). */
const MAX_BYTES = 900_000;
const ATTEMPTS = 3;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The same with every list empty. */
function withoutLists(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withoutLists(entry)]));
}

interface Sized {
  readonly entry: PutEventsRequestEntry;
  readonly bytes: number;
}

/** An event that is too large for the bus, such as the plan of many thousand apps, goes without its lists. */
function toEntry({ detailType, detail }: BusEntry, busName: string): Sized {
  const whole = JSON.stringify(detail);
  const text = Buffer.byteLength(whole) <= MAX_BYTES ? whole : JSON.stringify(withoutLists(detail));
  const entry = { EventBusName: busName, Source: 'stride', DetailType: detailType, Detail: text };
  return { entry, bytes: Buffer.byteLength(text) };
}

/** Entries in order, as many to a call as fit. */
function* batches(entries: readonly Sized[]): Generator<readonly PutEventsRequestEntry[]> {
  let batch: PutEventsRequestEntry[] = [];
  let size = 0;
  for (const { entry, bytes } of entries) {
    if (batch.length === BATCH || (batch.length > 0 && size + bytes > MAX_BYTES)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(entry);
    size += bytes;
  }
  if (batch.length > 0) yield batch;
}

/** The Stride bus on EventBridge. Entries that a 200 reports as failed are sent again; then it throws. */
export function createEventBridgeBus(client: EventBridgeClient, busName: string): Bus {
  async function sendBatch(entries: readonly PutEventsRequestEntry[]): Promise<readonly PutEventsRequestEntry[]> {
    const answer = await client.send(new PutEventsCommand({ Entries: [...entries] }));
    if ((answer.FailedEntryCount ?? 0) === 0) return [];
    return entries.filter((_, index) => answer.Entries?.[index]?.ErrorCode !== undefined);
  }

  return {
    async send(entries) {
      for (const batch of batches(entries.map((entry) => toEntry(entry, busName)))) {
        let left = batch;
        for (let attempt = 1; left.length > 0; attempt += 1) {
          if (attempt > ATTEMPTS) throw new Error(`the bus refused ${left.length} events`);
          left = await sendBatch(left);
        }
      }
    },
  };
}
