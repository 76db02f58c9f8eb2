import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTimetable, GRAIN } from '../../../functions/health/timetable.ts';
import { createVirtualClock } from '../../simulation/virtual-clock.ts';

describe('the timetable', () => {
  it('wakes each at its time or shortly after it, whenever it was asked', async () => {
    const moment = fc.record({ askedAt: fc.integer({ min: 0, max: 500 }), after: fc.integer({ min: -50, max: 500 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(moment, { maxLength: 20 }), async (moments) => {
        const clock = createVirtualClock();
        const timetable = createTimetable(clock);
        const over = new AbortController();
        const run = timetable.run(over.signal);
        const lags: number[] = [];
        for (const { askedAt, after } of moments) {
          clock.after(askedAt, () => {
            const now = clock.now();
            void timetable.until(now + after).then(() => lags.push(clock.now() - Math.max(now, now + after)));
          });
        }
        await clock.pass(2_000);
        expect(lags).toHaveLength(moments.length);
        for (const lag of lags) {
          expect(lag).toBeGreaterThanOrEqual(0);
          expect(lag).toBeLessThanOrEqual(GRAIN);
        }
        over.abort();
        await clock.pass(1);
        await run;
      }),
      { numRuns: 30 },
    );
  });

  it('wakes nobody after its end', async () => {
    const clock = createVirtualClock();
    const timetable = createTimetable(clock);
    const over = new AbortController();
    const run = timetable.run(over.signal);
    let woken = false;
    void timetable.until(clock.now() + 100).then(() => {
      woken = true;
    });
    over.abort();
    await clock.pass(1_000);
    await run;
    expect(woken).toBe(false);
  });
});
