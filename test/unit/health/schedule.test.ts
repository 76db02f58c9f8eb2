import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstProbeAt, nextProbeAt, nextSlot, stableFraction } from '../../../lib/health/schedule.ts';
import { EPOCH } from '../../fixtures/an-app.ts';

const key = fc.string();
const interval = fc.integer({ min: 1, max: 3_600 }).map((seconds) => seconds * 1000);
const moment = fc.integer({ min: EPOCH, max: EPOCH + 10 ** 9 });

describe('schedule of a check', () => {
  it('gives each name a place of its own in the interval, evenly', () => {
    const tenths = Array.from({ length: 10_000 }, (_, index) =>
      Math.floor(stableFraction(`web.instance-${index}.1/0`) * 10),
    );
    const counts = Map.groupBy(tenths, (tenth) => tenth);
    expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const { length } of counts.values()) expect(Math.abs(length - 1_000)).toBeLessThan(120);
  });

  it('comes once an interval, whoever asks and when', () => {
    fc.assert(
      fc.property(key, interval, moment, (name, every, after) => {
        const slot = nextSlot(name, every, after);
        expect(slot).toBeGreaterThan(after);
        expect(slot).toBeLessThanOrEqual(after + every);
        expect(nextSlot(name, every, slot)).toBeCloseTo(slot + every, 3);
        expect(nextSlot(name, every, (after + slot) / 2)).toBe(slot);
      }),
    );
  });

  it('probes first within 5 s or an interval, on the agent after its delay', () => {
    fc.assert(
      fc.property(key, fc.integer({ min: 0, max: 100 }), (name, intervalSeconds) => {
        const within = Math.min(5_000, Math.max(1, intervalSeconds) * 1000);
        const first = firstProbeAt(name, EPOCH, { intervalSeconds, protocol: 'HTTP', delaySeconds: 15 });
        expect(first - EPOCH).toBeGreaterThanOrEqual(0);
        expect(first - EPOCH).toBeLessThan(within);
        const delayed = firstProbeAt(name, EPOCH, { intervalSeconds, protocol: 'MESOS_TCP', delaySeconds: 15 });
        expect(delayed).toBeCloseTo(first + 15_000, 3);
      }),
    );
  });

  it('leaves half an interval to one and a half between probes, and skips what a slow one missed', () => {
    fc.assert(
      fc.property(key, interval, moment, fc.integer({ min: 0, max: 10_000_000 }), (name, every, due, took) => {
        const next = nextProbeAt(name, every, due, due + took);
        expect(next).toBeGreaterThan(due + Math.max(every / 2, took));
        expect(next).toBeLessThanOrEqual(due + Math.max(every / 2, took) + every);
      }),
    );
  });
});
