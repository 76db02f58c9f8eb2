import TinyQueue from 'tinyqueue';
import type { Clock } from '../../lib/gateways/clock.ts';
import { EPOCH } from '../fixtures/an-app.ts';

interface Timer {
  readonly at: number;
  /** Timers of one moment wake in the order in which they were set. */
  readonly order: number;
  readonly wake: () => void;
  cancelled: boolean;
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
  let count = 0;
  const timers = new TinyQueue<Timer>([], (a, b) => a.at - b.at || a.order - b.order);

  function set(ms: number, wake: () => void): Timer {
    count += 1;
    const timer = { at: now + Math.max(0, ms), order: count, wake, cancelled: false };
    timers.push(timer);
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
      for (let next = timers.peek(); next !== undefined && next.at <= end; next = timers.peek()) {
        now = Math.max(now, next.at);
        for (let due = timers.peek(); due !== undefined && due.at <= now; due = timers.peek()) {
          timers.pop();
          if (!due.cancelled) due.wake();
        }
        await settle();
      }
      now = end;
    },
  };
}
