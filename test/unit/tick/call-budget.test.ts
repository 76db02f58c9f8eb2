import { describe, expect, it } from 'vitest';
import { createCallBudget } from '../../../functions/scheduler-tick/call-budget.ts';
import { fullBucket, refill, takeToken } from '../../../lib/model/token-bucket.ts';
import { createVirtualClock } from '../../simulation/virtual-clock.ts';

const SIZE = { burst: 3, perSecond: 2 };

describe('a token bucket', () => {
  it.for([
    ['is full at first', 0, 3],
    ['never holds more than its burst', 60_000, 3],
  ] as const)('%s', ([, later, tokens]) => {
    expect(refill(fullBucket(SIZE, 1_000), SIZE, 1_000 + later)).toEqual({ tokens, at: 1_000 + later });
  });

  it.for([
    ['a token that is there', 1, 0],
    ['half a token', 0.5, 250],
    ['none', 0, 500],
    ['three that are promised to others', -3, 2_000],
  ] as const)('%s', ([, tokens, wait]) => {
    expect(takeToken({ tokens, at: 0 }, SIZE, 0)).toEqual({ bucket: { tokens: tokens - 1, at: 0 }, usableAt: wait });
  });

  it('gains nothing from a clock that goes back', () => {
    expect(refill({ tokens: 1, at: 5_000 }, SIZE, 4_000)).toEqual({ tokens: 1, at: 5_000 });
  });
});

describe('the budget of ECS calls', () => {
  async function timesOf(calls: number, prepare: (budget: ReturnType<typeof createCallBudget>) => void) {
    const clock = createVirtualClock();
    const begin = clock.now();
    const budget = createCallBudget(clock, SIZE);
    prepare(budget);
    const times: number[] = [];
    for (let call = 0; call < calls; call += 1) void budget.take().then(() => times.push(clock.now() - begin));
    await clock.pass(10_000);
    return times;
  }

  it('lets the burst go and spaces the rest, in the order in which they asked', async () => {
    expect(await timesOf(6, () => undefined)).toEqual([0, 0, 0, 500, 1_000, 1_500]);
  });

  it('begins anew when ECS refused a call', async () => {
    expect(await timesOf(2, (budget) => budget.exhaust())).toEqual([500, 1_000]);
  });

  it('goes on with what the last tick left', async () => {
    const clock = createVirtualClock();
    const budget = createCallBudget(clock, SIZE);
    budget.adopt({ tokens: -4, at: clock.now() });
    expect(budget.callsWithin(5_000)).toBe(6);
    expect(budget.callsWithin(1_000)).toBe(1);
    await clock.pass(1_000);
    expect(budget.left()).toEqual({ tokens: -2, at: clock.now() });
  });
});
