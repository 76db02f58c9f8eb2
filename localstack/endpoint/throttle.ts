import { AwsError, type AwsService } from './aws-service.ts';
import { type BucketSize, createTokenBuckets } from './token-buckets.ts';

export interface ThrottleRules<Category extends string> {
  readonly sizes: Readonly<Record<Category, BucketSize>>;
  /** Each operation of the service with the bucket that it draws from. */
  readonly categories: Readonly<Record<string, Category>>;
  /** The service's word for it: `ThrottlingException`, `RequestLimitExceeded`… */
  readonly code: string;
  readonly message: string;
  readonly status: number;
  /** What the exception carries beside its message. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** The service behind token buckets, as long as `isOn` says so: a call without a token is refused and does nothing. */
export function throttle<Category extends string>(
  service: AwsService,
  rules: ThrottleRules<Category>,
  { now, isOn }: { readonly now: () => number; readonly isOn: () => boolean },
): AwsService {
  const buckets = createTokenBuckets(rules.sizes, now);
  return {
    ...service,
    async call(call) {
      const category = isOn() ? rules.categories[call.operation] : undefined;
      if (category !== undefined && !buckets.take(category)) {
        throw new AwsError(rules.code, rules.message, rules.status, rules.members);
      }
      return service.call(call);
    },
  };
}
