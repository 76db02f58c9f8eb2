import { setTimeout as delay } from 'node:timers/promises';

/** A running event source mapping. */
export interface EventSource {
  /** Resolves after `stop`; rejects when the source cannot go on. */
  readonly ended: Promise<void>;
  /** Reads no more; resolves when no batch is under way. */
  stop(): Promise<void>;
}

/** A latch that a reader waits at until something may have come. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring, at once if one came since the last wait. */
  wait(): Promise<void>;
}

export function createBell(): Bell {
  let rung = false;
  let release: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      release?.();
    },
    async wait() {
      if (!rung) {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      }
      rung = false;
      release = undefined;
    },
  };
}

/** Waits, or less when the signal is aborted. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
