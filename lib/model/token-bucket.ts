import type { Instant } from './timestamp.ts';

/** How much a token bucket holds and how fast it fills: AWS limits its calls this way (Amazon ECS, request throttling). */
export interface BucketSize {
  readonly burst: number;
  readonly perSecond: number;
}

/** The tokens that were there at a moment; below 0: calls that wait already. */
export interface TokenBucket {
  readonly tokens: number;
  readonly at: Instant;
}

export const fullBucket = ({ burst }: BucketSize, now: Instant): TokenBucket => ({ tokens: burst, at: now });

/** The bucket as it is at `now`. */
export function refill({ tokens, at }: TokenBucket, { burst, perSecond }: BucketSize, now: Instant): TokenBucket {
  const gained = (Math.max(0, now - at) * perSecond) / 1000;
  return { tokens: Math.min(burst, tokens + gained), at: Math.max(at, now) };
}

/** The bucket without one token, which is reserved even if it is still to come, and the moment from which it may be used. */
export function takeToken(
  bucket: TokenBucket,
  size: BucketSize,
  now: Instant,
): { readonly bucket: TokenBucket; readonly usableAt: Instant } {
  const { tokens, at } = refill(bucket, size, now);
  const missing = Math.max(0, 1 - tokens);
  return { bucket: { tokens: tokens - 1, at }, usableAt: now + (missing * 1000) / size.perSecond };
}
