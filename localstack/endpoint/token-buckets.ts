/** How a bucket of AWS's throttling is made: it holds `burst` calls at most and regains `perSecond`. */
export interface BucketSize {
  readonly burst: number;
  readonly perSecond: number;
}

export interface TokenBuckets<Name extends string> {
  /** True, and a token is taken; false when the bucket is empty, and nothing is taken. */
  take(name: Name): boolean;
}

/** Token buckets by name, full at first. `now` is in milliseconds; time that runs backwards refills nothing. */
export function createTokenBuckets<Name extends string>(
  sizes: Readonly<Record<Name, BucketSize>>,
  now: () => number,
): TokenBuckets<Name> {
  const buckets = new Map<Name, { readonly tokens: number; readonly at: number }>();
  return {
    take(name) {
      const { burst, perSecond } = sizes[name];
      const at = now();
      const before = buckets.get(name) ?? { tokens: burst, at };
      const elapsed = Math.max(0, at - before.at);
      const tokens = Math.min(burst, before.tokens + (elapsed * perSecond) / 1000);
      const taken = tokens >= 1;
      buckets.set(name, { tokens: taken ? tokens - 1 : tokens, at: Math.max(at, before.at) });
      return taken;
    },
  };
}
