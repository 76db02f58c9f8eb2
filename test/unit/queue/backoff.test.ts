import { describe, expect, test } from 'vitest';
import type { Condition } from '../../../lib/model/instance.ts';
import { advancesDelay, afterFailure, afterQuiet, afterStart, raisesDelay } from '../../../lib/queue/backoff.ts';
import { launchAllowedAt, launchDelay, mayLaunch, timeLeft } from '../../../lib/queue/launch-delay.ts';

const strategy = { backoffSeconds: 1, backoffFactor: 1.15, maxLaunchDelaySeconds: 300 };

describe('effect of a condition (scheduling.md §5.1)', () => {
  test.each<readonly [condition: Condition, raises: boolean, advances: boolean]>([
    ['Dropped', true, false],
    ['Error', true, false],
    ['Failed', true, false],
    ['Gone', true, false],
    ['Finished', true, false],
    ['Provisioned', false, true],
    ['Staging', false, true],
    ['Starting', false, true],
    ['Running', false, true],
    ['Scheduled', false, false],
    ['Killed', false, false],
    ['Killing', false, false],
    ['Unknown', false, false],
    ['Unreachable', false, false],
    ['UnreachableInactive', false, false],
  ])('%s', (condition, raises, advances) => {
    expect([raisesDelay(condition), advancesDelay(condition)]).toEqual([raises, advances]);
  });
});

describe('delay after a failure (scheduling.md §5.1)', () => {
  test('first backoffSeconds, then backoffFactor times as long, with fractions', () => {
    const first = afterFailure(undefined, strategy, 1_000);
    const second = afterFailure(first, strategy, 5_000);
    const third = afterFailure(second, strategy, 9_000);
    expect([first, second]).toEqual([
      { delayMs: 1_000, reference: 1_000 },
      { delayMs: 1_150, reference: 5_000 },
    ]);
    expect(third.delayMs).toBeCloseTo(1_322.5, 9);
    expect(third.reference).toBe(9_000);
  });

  test.each([
    ['the first is cut to the maximum', undefined, { ...strategy, backoffSeconds: 400 }, 300_000],
    ['so are the others', { delayMs: 290_000, reference: 0 }, strategy, 300_000],
    ['a maximum of 0 is no delay', undefined, { ...strategy, maxLaunchDelaySeconds: 0 }, 0],
  ])('%s', (_, backoff, given, delayMs) => {
    expect(afterFailure(backoff, given, 10)).toEqual({ delayMs, reference: 10 });
  });
});

test('a start keeps the size of a delay and counts it from now; without a delay nothing (scheduling.md §5.1)', () => {
  expect(afterStart({ delayMs: 1_150, reference: 1_000 }, 4_000)).toEqual({ delayMs: 1_150, reference: 4_000 });
  expect(afterStart({ delayMs: 1_150, reference: 5_000 }, 4_000)).toEqual({ delayMs: 1_150, reference: 5_000 });
  expect(afterStart(undefined, 4_000)).toBeUndefined();
});

test('more than the maximum without a failure or start ends the delay (scheduling.md §5.1)', () => {
  const backoff = { delayMs: 1_000, reference: 1_000 };
  expect(afterQuiet(backoff, strategy, 301_000)).toEqual(backoff);
  expect(afterQuiet(backoff, strategy, 301_001)).toBeUndefined();
  expect(afterQuiet(undefined, strategy, 301_001)).toBeUndefined();
});

describe('launch allowed at reference + delay (scheduling.md §5, §5.1)', () => {
  const backoff = { delayMs: 2_500.5, reference: 10_000 };
  test.each<readonly [now: number, left: number, allowed: boolean, delay: ReturnType<typeof launchDelay>]>([
    [10_000, 2_500.5, false, { timeLeftSeconds: 2, overdue: false }],
    [12_000, 500.5, false, { timeLeftSeconds: 0, overdue: false }],
    [12_501, 0, true, { timeLeftSeconds: 0, overdue: false }],
    [13_500, 0, true, { timeLeftSeconds: 0, overdue: false }],
    [13_501, 0, true, { timeLeftSeconds: 0, overdue: true }],
  ])('at %d', (now, left, allowed, delay) => {
    expect([timeLeft(backoff, now), mayLaunch(backoff, now), launchDelay(backoff, now)]).toEqual([
      left,
      allowed,
      delay,
    ]);
  });

  test('overdue begins a whole second after', () => {
    const whole = { delayMs: 2_500, reference: 10_000 };
    expect([13_499, 13_500].map((now) => launchDelay(whole, now).overdue)).toEqual([false, true]);
  });

  test('without a delay: at once, overdue', () => {
    expect([
      launchAllowedAt(undefined),
      timeLeft(undefined, 5),
      mayLaunch(undefined, 5),
      launchDelay(undefined, 5),
    ]).toEqual([undefined, 0, true, { timeLeftSeconds: 0, overdue: true }]);
    expect(launchAllowedAt(backoff)).toBe(12_500.5);
  });
});
