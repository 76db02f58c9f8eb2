import type { HealthState, Instance } from '../model/instance.ts';
import type { HealthCheck } from '../model/run-spec.ts';
import type { Instant } from '../model/timestamp.ts';
import { intervalOf } from './schedule.ts';

/** Whether an instance is to be killed for its health; `later`: if nothing changes until then. */
export type HealthVerdict =
  | { readonly kind: 'keep' }
  | { readonly kind: 'kill'; readonly reason: string }
  | { readonly kind: 'later'; readonly at: Instant };

/**
 * When the failures of a check reach its maximum; undefined: they have not begun, or nothing is killed for them.
 * A container tells that it has become unhealthy and then nothing: failures that ECS cannot count, and grace periods
 * longer than its own, pass by the clock.
 */
function killAt(state: HealthState, check: HealthCheck, since: Instant): Instant | undefined {
  const { maxConsecutiveFailures: maximum, gracePeriodSeconds } = check;
  const { consecutiveFailures: failures, lastFailure, firstSuccess } = state;
  if (maximum === 0 || failures === 0 || lastFailure === undefined) return undefined;
  if (state.container === undefined) return failures >= maximum ? lastFailure : undefined;
  const counted = lastFailure + Math.max(0, maximum - failures) * intervalOf(check);
  return firstSuccess === undefined ? Math.max(counted, since + gracePeriodSeconds * 1000) : counted;
}

/**
 * Killed on consecutive failure number `maxConsecutiveFailures` of any check (design §8), while it runs and is wanted.
 * @param checks of the definition that the instance runs
 */
export function judgeHealth(instance: Instance, checks: readonly HealthCheck[], now: Instant): HealthVerdict {
  if (instance.goal !== 'Running' || instance.condition !== 'Running') return { kind: 'keep' };
  const due = instance.health.flatMap((state, index) => {
    const check = checks[index];
    const at = check === undefined ? undefined : killAt(state, check, instance.since);
    return at === undefined ? [] : [{ at, reason: state.lastFailureCause ?? 'unknown' }];
  });
  const [first] = due.toSorted((a, b) => a.at - b.at);
  if (first === undefined) return { kind: 'keep' };
  return first.at <= now ? { kind: 'kill', reason: first.reason } : { kind: 'later', at: first.at };
}
