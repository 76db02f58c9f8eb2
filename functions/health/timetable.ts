import type { Clock } from '../../lib/gateways/clock.ts';
import type { Instant } from '../../lib/model/timestamp.ts';

/** Wakes thousands at their times with one timer: what falls due within a few milliseconds wakes together. */
export interface Timetable {
  /** Resolves at that moment, or a few milliseconds later; never once the timetable has ended. */
  until(due: Instant): Promise<void>;
  /** Runs until the signal. */
  run(ending: AbortSignal): Promise<void>;
}

/** What falls due within one of these wakes together: a wake of its own for each would cost a third more. Milliseconds. */
export const GRAIN = 20;

export function createTimetable(clock: Clock): Timetable {
  const slots = new Map<number, (() => void)[]>();
  let next = Number.POSITIVE_INFINITY;
  let sleep = new AbortController();

  function wakeDue(): void {
    const now = clock.now();
    for (const slot of [...slots.keys()].sort((a, b) => a - b)) {
      if (slot * GRAIN > now) break;
      const due = slots.get(slot) ?? [];
      slots.delete(slot);
      for (const wake of due) wake();
    }
    next = Math.min(...slots.keys());
  }

  return {
    until: (due) =>
      new Promise((resolve) => {
        const slot = Math.ceil(due / GRAIN);
        const waiting = slots.get(slot);
        if (waiting === undefined) slots.set(slot, [resolve]);
        else waiting.push(resolve);
        if (slot >= next) return;
        next = slot;
        sleep.abort();
      }),
    async run(ending) {
      const stop = (): void => sleep.abort();
      ending.addEventListener('abort', stop, { once: true });
      while (!ending.aborted) {
        wakeDue();
        sleep = new AbortController();
        const wait = next === Number.POSITIVE_INFINITY ? IDLE_LOOK : next * GRAIN - clock.now();
        await clock.sleep(Math.max(0, wait), sleep.signal);
      }
      ending.removeEventListener('abort', stop);
    },
  };
}

/** How long it sleeps with nothing to wake; whatever is added ends the sleep. Milliseconds. */
const IDLE_LOOK = 60_000;
