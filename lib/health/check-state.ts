import type { HealthState } from '../model/instance.ts';
import type { HealthCheck } from '../model/run-spec.ts';
import type { Instant } from '../model/timestamp.ts';

/** What one probe says of a check; `ignored`: an answer that is to be overlooked (`ignoreHttp1xx`). */
export type ProbeResult =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly cause: string }
  | { readonly kind: 'ignored' };

/** A result with its times: when the probe was due, and when it ended. */
export interface TimedResult {
  readonly due: Instant;
  readonly at: Instant;
  readonly result: ProbeResult;
}

/** Before the first result (Marathon: Health.scala). */
export const NO_RESULT: HealthState = { alive: false, consecutiveFailures: 0 };

export const hasResult = ({ lastSuccess, lastFailure }: HealthState): boolean =>
  lastSuccess !== undefined || lastFailure !== undefined;

/** A probe that was due before the end of one that is known has been counted, by this prober or another. */
const isKnown = ({ lastSuccess = Number.NEGATIVE_INFINITY, lastFailure = lastSuccess }: HealthState, due: Instant) =>
  due <= Math.max(lastSuccess, lastFailure);

/** The state after a success. */
export const passed = (state: HealthState, at: Instant): HealthState => ({
  ...state,
  alive: true,
  consecutiveFailures: 0,
  firstSuccess: state.firstSuccess ?? at,
  lastSuccess: at,
});

/**
 * The state of one check after a result; the same object when the result counts for nothing: it is old, ignored, or a
 * failure within the grace period before the first success (scheduling.md §7). `since`: when the task began to run.
 */
export function recordResult(
  state: HealthState,
  { due, at, result }: TimedResult,
  since: Instant,
  { gracePeriodSeconds }: Pick<HealthCheck, 'gracePeriodSeconds'>,
): HealthState {
  if (result.kind === 'ignored' || isKnown(state, due)) return state;
  if (result.kind === 'passed') return passed(state, at);
  if (state.firstSuccess === undefined && at < since + gracePeriodSeconds * 1000) return state;
  return {
    ...state,
    alive: false,
    consecutiveFailures: state.consecutiveFailures + 1,
    lastFailure: at,
    lastFailureCause: result.cause,
  };
}
