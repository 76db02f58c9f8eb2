import type { PathId } from '../model/path-id.ts';
import type { Placement } from '../model/schedule.ts';
import type { Instant } from '../model/timestamp.ts';
import { type BucketSize, fullBucket, refill, type TokenBucket } from '../model/token-bucket.ts';

/** When a run spec's launches come, as far as the limit of ECS's calls decides it. */
export interface LaunchRate {
  /** How many of its instances have a place. */
  readonly instances: number;
  /** Place of the first of them among all launches to come, from 1. */
  readonly position: number;
  /** Seconds until the first may be launched. */
  readonly secondsUntilFirst: number;
  /** Seconds until the last may be. */
  readonly secondsUntilLast: number;
}

/**
 * When the placements of a plan may be launched, in its order, one token each. `calls`: what the last tick left of our
 * ECS calls; undefined before the first. Stops take tokens too, which nobody knows ahead: the times are the earliest.
 */
export function launchRates(
  placements: readonly Placement[],
  calls: TokenBucket | undefined,
  size: BucketSize,
  now: Instant,
): ReadonlyMap<PathId, LaunchRate> {
  const { tokens } = refill(calls ?? fullBucket(size, now), size, now);
  const secondsUntil = (position: number): number =>
    Math.round((Math.max(0, position - tokens) / size.perSecond) * 1000) / 1000;
  const rates = new Map<PathId, LaunchRate>();
  for (const [index, { runSpec }] of placements.entries()) {
    const seconds = secondsUntil(index + 1);
    const known = rates.get(runSpec);
    rates.set(runSpec, {
      instances: (known?.instances ?? 0) + 1,
      position: known?.position ?? index + 1,
      secondsUntilFirst: known?.secondsUntilFirst ?? seconds,
      secondsUntilLast: seconds,
    });
  }
  return rates;
}
