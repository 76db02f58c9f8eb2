import type { Condition } from '../model/instance.ts';
import type { Backoff } from '../model/launch-queue.ts';
import type { BackoffStrategy } from '../model/run-spec.ts';
import type { Instant } from '../model/timestamp.ts';

const FAILED: ReadonlySet<Condition> = new Set(['Dropped', 'Error', 'Failed', 'Gone', 'Finished']);
const STARTED: ReadonlySet<Condition> = new Set(['Provisioned', 'Staging', 'Starting', 'Running']);

/** Conditions that raise the delay (scheduling.md §5.1). Finished is one: a task that ends at once must not spin. */
export const raisesDelay = (condition: Condition): boolean => FAILED.has(condition);
/** Conditions that move an existing delay to now. */
export const advancesDelay = (condition: Condition): boolean => STARTED.has(condition);

/** The delay after one more failure: the first is `backoffSeconds`, each further one `backoffFactor` times as long. */
export function afterFailure(backoff: Backoff | undefined, strategy: BackoffStrategy, at: Instant): Backoff {
  const { backoffSeconds, backoffFactor, maxLaunchDelaySeconds } = strategy;
  const wanted = backoff === undefined ? backoffSeconds * 1000 : backoff.delayMs * backoffFactor;
  return { delayMs: Math.min(wanted, maxLaunchDelaySeconds * 1000), reference: laterOf(backoff, at) };
}

/** A start keeps the delay's size and counts it from now; without a delay nothing happens. */
export function afterStart(backoff: Backoff | undefined, at: Instant): Backoff | undefined {
  return backoff === undefined ? undefined : { ...backoff, reference: laterOf(backoff, at) };
}

/** `maxLaunchDelaySeconds` without failure or start: the delay is gone. */
export function afterQuiet(backoff: Backoff | undefined, strategy: BackoffStrategy, now: Instant): Backoff | undefined {
  if (backoff === undefined) return undefined;
  return now > backoff.reference + strategy.maxLaunchDelaySeconds * 1000 ? undefined : backoff;
}

/** Events may be told late or twice: the reference never goes back. */
function laterOf(backoff: Backoff | undefined, at: Instant): Instant {
  return backoff === undefined ? at : Math.max(backoff.reference, at);
}
