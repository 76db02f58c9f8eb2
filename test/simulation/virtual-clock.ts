import TinyQueue from 'tinyqueue';
import type { Clock } from '../../lib/gateways/clock.ts';
import { EPOCH } from '../fixtures/an-app.ts';

interface Timer {
  readonly wake: () => void;
  cancelled: boolean;
}

/** Timers of one moment wake in the order in which they were set. */
interface Moment {
  readonly at: number;
  readonly timers: Timer[];
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
  const moments = new Map<number, Moment>();
  const upcoming = new TinyQueue<Moment>([], (a, b) => a.at - b.at);

  function set(ms: number, wake: () => void): Timer {
    const at = now + Math.max(0, ms);
    const timer = { wake, cancelled: false };
    const known = moments.get(at);
    if (known !== undefined) known.timers.push(timer);
    else {
      const moment = { at, timers: [timer] };
      moments.set(at, moment);
      upcoming.push(moment);
    }
    return timer;
  }

  return {
    now: () => now,
    after: (ms, wake) => void set(ms, wake),
    sleep(ms, signal) {
      return new Promise((resolve) => {
        const timer = set(ms, () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        });
        const stop = (): void => {
          timer.cancelled = true;
          resolve();
        };
        if (signal?.aborted === true) stop();
        else signal?.addEventListener('abort', stop, { once: true });
      });
    },
    async pass(ms) {
      const end = now + ms;
      await settle();
      for (let next = upcoming.peek(); next !== undefined && next.at <= end; next = upcoming.peek()) {
        now = next.at;
        // A timer that is set for this very moment while it is dealt with joins it, at its end.
        for (const { cancelled, wake } of next.timers) if (!cancelled) wake();
        upcoming.pop();
        moments.delete(next.at);
        await settle();
      }
      now = end;
    },
  };
}
