import type { Clock } from '../../lib/gateways/clock.ts';
import { type BucketSize, fullBucket, refill, type TokenBucket, takeToken } from '../../lib/model/token-bucket.ts';

/**
 * Our share of ECS's modifying calls (StartTask, StopTask), kept in step with the bucket that ECS keeps for the
 * account: calls wait here instead of being refused there. It outlives a tick on the lease item (design §4).
 */
export function createCallBudget(clock: Clock, size: BucketSize) {
  let bucket: TokenBucket | undefined;
  const now = (): TokenBucket => refill(bucket ?? fullBucket(size, clock.now()), size, clock.now());

  return {
    /** Goes on with what the last tick left. */
    adopt(left: TokenBucket | undefined): void {
      bucket = left;
    },
    left: now,
    /** Takes a token, waiting for it if none is there. */
    async take(): Promise<void> {
      const taken = takeToken(now(), size, clock.now());
      bucket = taken.bucket;
      const wait = taken.usableAt - clock.now();
      if (wait > 0) await clock.sleep(wait);
    },
    /** ECS refused a call: others draw from its bucket too, and it is empty. */
    exhaust(): void {
      const { tokens, at } = now();
      bucket = { tokens: Math.min(0, tokens), at };
    },
    /** How many calls can be made within `ms`, at least one. */
    callsWithin: (ms: number): number => Math.max(1, Math.floor(now().tokens + (ms * size.perSecond) / 1000)),
  };
}

export type CallBudget = ReturnType<typeof createCallBudget>;
