import { describe, expect, it } from 'vitest';
import { NO_RESULT, type ProbeResult, recordResult } from '../../../lib/health/check-state.ts';
import type { HealthState } from '../../../lib/model/instance.ts';

const SINCE = 1_000_000;
const GRACE = { gracePeriodSeconds: 10 };
const PASSED: ProbeResult = { kind: 'passed' };
const FAILED: ProbeResult = { kind: 'failed', cause: '503 Service Unavailable' };

/** Results that come in 2 s after they were due, `seconds` after the start. */
const probed = (state: HealthState, seconds: number, result: ProbeResult): HealthState =>
  recordResult(state, { due: SINCE + seconds * 1000, at: SINCE + seconds * 1000 + 2_000, result }, SINCE, GRACE);

const healthy = probed(NO_RESULT, 1, PASSED);

describe('state of a check', () => {
  it('is alive from the first success on', () => {
    expect(healthy).toEqual({
      alive: true,
      consecutiveFailures: 0,
      firstSuccess: SINCE + 3_000,
      lastSuccess: SINCE + 3_000,
    });
  });

  it('counts failures in a row and keeps what it knows of successes', () => {
    const once = probed(healthy, 5, FAILED);
    expect(once).toEqual({
      alive: false,
      consecutiveFailures: 1,
      firstSuccess: SINCE + 3_000,
      lastSuccess: SINCE + 3_000,
      lastFailure: SINCE + 7_000,
      lastFailureCause: '503 Service Unavailable',
    });
    expect(probed(once, 10, FAILED).consecutiveFailures).toBe(2);
  });

  it('begins to count anew after a success', () => {
    const twice = probed(probed(healthy, 5, FAILED), 10, FAILED);
    expect(probed(twice, 15, PASSED)).toEqual({
      ...twice,
      alive: true,
      consecutiveFailures: 0,
      lastSuccess: SINCE + 17_000,
    });
    expect(probed(probed(twice, 15, PASSED), 20, FAILED).consecutiveFailures).toBe(1);
  });

  it.each([
    ['a failure in the grace period before the first success', NO_RESULT, 7, FAILED],
    ['an answer that is to be ignored', healthy, 5, { kind: 'ignored' } satisfies ProbeResult],
    ['a failure that was due before the last success', healthy, 3, FAILED],
    ['a failure that was due before the last failure', probed(healthy, 20, FAILED), 21, FAILED],
    ['a success that was due before the last failure', probed(healthy, 20, FAILED), 22, PASSED],
  ])('is untouched by %s', (_, state, seconds, result) => {
    expect(probed(state, seconds, result)).toBe(state);
  });

  it('takes the first failure after the grace period, and one within it after a success', () => {
    expect(probed(NO_RESULT, 8, FAILED).consecutiveFailures).toBe(1);
    expect(probed(healthy, 5, FAILED).consecutiveFailures).toBe(1);
  });
});
