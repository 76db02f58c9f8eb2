import type { Instant } from '../model/timestamp.ts';

/** Time as an argument: the real one in functions, a virtual one in simulation. */
export interface Clock {
  now(): Instant;
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
