import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Bus, BusEntry } from '../../gateways/bus.ts';

/** Most entries of one PutEvents call. */
const BATCH = 10;
const ATTEMPTS = 3;

/** The Stride bus on EventBridge. Entries that a 200 reports as failed are sent again; then it throws. */
export function createEventBridgeBus(client: EventBridgeClient, busName: string): Bus {
  async function sendBatch(entries: readonly BusEntry[]): Promise<readonly BusEntry[]> {
    const answer = await client.send(
      new PutEventsCommand({
        Entries: entries.map(({ detailType, detail }) => ({
          EventBusName: busName,
          Source: 'stride',
          DetailType: detailType,
          Detail: JSON.stringify(detail),
        })),
      }),
    );
    if ((answer.FailedEntryCount ?? 0) === 0) return [];
    return entries.filter((_, index) => answer.Entries?.[index]?.ErrorCode !== undefined);
  }

  return {
    async send(entries) {
      for (let from = 0; from < entries.length; from += BATCH) {
        let left: readonly BusEntry[] = entries.slice(from, from + BATCH);
        for (let attempt = 1; left.length > 0; attempt += 1) {
          if (attempt > ATTEMPTS) throw new Error(`the bus refused ${left.length} events`);
          left = await sendBatch(left);
        }
      }
    },
  };
}
