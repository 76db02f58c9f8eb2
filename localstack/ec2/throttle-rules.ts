import type { ThrottleRules } from '../endpoint/throttle.ts';
import type { BucketSize } from '../endpoint/token-buckets.ts';

/** "Request throttling for the Amazon EC2 API"; the figure for calls that change something is assumed (aws.md §1.2). */
const READ: BucketSize = { burst: 100, perSecond: 20 };
const CHANGE: BucketSize = { burst: 50, perSecond: 5 };

/** EC2 has a bucket for each operation. */
export function ec2Throttle(operations: readonly string[]): ThrottleRules<string> {
  const size = (operation: string) => (operation.startsWith('Describe') ? READ : CHANGE);
  return {
    sizes: Object.fromEntries(operations.map((operation) => [operation, size(operation)])),
    categories: Object.fromEntries(operations.map((operation) => [operation, operation])),
    code: 'RequestLimitExceeded',
    message: 'Request limit exceeded.',
    status: 503,
  };
}
