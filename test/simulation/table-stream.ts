import type { ChangeRecord } from '../../lib/gateways/store.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** The way to the function takes a moment, ms. */
const HOP = 5;
const BATCH = 100;
const RETRY = 1_000;

/**
 * The table's stream: in order, one batch at a time; a batch that failed comes again until it is handled.
 * `publish`: one invocation; false when it failed.
 */
export function createTableStream(clock: VirtualClock, publish: (batch: readonly ChangeRecord[]) => Promise<boolean>) {
  const waiting: ChangeRecord[] = [];
  let feeding = false;

  async function feed(): Promise<void> {
    if (feeding) return;
    feeding = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      if (await publish(batch)) waiting.splice(0, batch.length);
      else await clock.sleep(RETRY);
    }
    feeding = false;
  }

  return {
    push(record: ChangeRecord): void {
      waiting.push(record);
      // What comes meanwhile goes with it.
      if (waiting.length === 1) clock.after(HOP, () => void feed());
    },
  };
}
