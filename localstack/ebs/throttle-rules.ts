import type { ThrottleRules } from '../endpoint/throttle.ts';

/** Service quotas of the EBS direct APIs, requests a second (aws.md §3.4). */
const SIZES = {
  get: { burst: 1000, perSecond: 1000 },
  put: { burst: 1000, perSecond: 1000 },
  'list blocks': { burst: 50, perSecond: 50 },
  'list changed blocks': { burst: 50, perSecond: 50 },
  start: { burst: 10, perSecond: 10 },
  complete: { burst: 10, perSecond: 10 },
};

export const EBS_THROTTLE: ThrottleRules<keyof typeof SIZES> = {
  sizes: SIZES,
  categories: {
    GetSnapshotBlock: 'get',
    PutSnapshotBlock: 'put',
    ListSnapshotBlocks: 'list blocks',
    ListChangedBlocks: 'list changed blocks',
    StartSnapshot: 'start',
    CompleteSnapshot: 'complete',
  },
  code: 'RequestThrottledException',
  message: 'The number of API requests has exceeded the maximum allowed API request throttling limit.',
  status: 400,
  members: { Reason: 'ACCOUNT_THROTTLED' },
};
