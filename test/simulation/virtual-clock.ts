import type { Clock } from '../../lib/gateways/clock.ts';
import { EPOCH } from '../fixtures/an-app.ts';

interface Timer {
  readonly at: number;
  readonly wake: () => void;
}

/** Time that moves only when everything waits: an hour of scheduling takes milliseconds. */
export interface VirtualClock extends Clock {
  /** Runs `work` after `ms`. */
  after(ms: number, work: () => void): void;
  /** Lets time pass up to `ms` from now, running what falls due in order. */
  pass(ms: number): Promise<void>;
}

/** Lets promises that are ready run until only timers are left: in-memory gateways never wait for real I/O. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export function createVirtualClock(): VirtualClock {
  let now = EPOCH;
  let timers: readonly Timer[] = [];

  function after(ms: number, wake: () => void): void {
    timers = [...timers, { at: now + Math.max(0, ms), wake }].toSorted((a, b) => a.at - b.at);
  }

  return {
    now: () => now,
    after,
    sleep(ms, signal) {
      return new Promise((resolve) => {
        signal?.addEventListener('abort', () => resolve(), { once: true });
        after(ms, resolve);
      });
    },
    async pass(ms) {
      const end = now + ms;
      await settle();
      for (let next = timers[0]; next !== undefined && next.at <= end; next = timers[0]) {
        timers = timers.slice(1);
        now = Math.max(now, next.at);
        next.wake();
        await settle();
      }
      now = end;
    },
  };
}
