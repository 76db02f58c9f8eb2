import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Instant } from '../../lib/model/timestamp.ts';

/** How often the rates move, seconds; with it the three averages decay as Unix's load averages do. */
const TICK_SECONDS = 5;
const MINUTES = [1, 5, 15] as const;
const NANOSECONDS = 1e9;

/** Events a second since the beginning, and of the last 1, 5 and 15 minutes, as Dropwizard counts them. */
export interface Rates {
  readonly count: number;
  readonly mean: number;
  readonly m1: number;
  readonly m5: number;
  readonly m15: number;
}

/** A distribution of durations, seconds. */
export interface Durations {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  readonly stddev: number;
  /** By percentile. */
  percentile(percent: number): number;
}

function createMeter(start: Instant) {
  let count = 0;
  let uncounted = 0;
  let ticks = 0;
  const averages = [0, 0, 0];

  /** Lets the averages catch up with the time that has passed. */
  function advance(now: Instant): void {
    const due = Math.floor((now - start) / (TICK_SECONDS * 1000));
    for (; ticks < due; ticks += 1) {
      const rate = uncounted / TICK_SECONDS;
      uncounted = 0;
      for (const [index, minutes] of MINUTES.entries()) {
        const before = averages[index] ?? 0;
        const weight = 1 - Math.exp(-TICK_SECONDS / (60 * minutes));
        averages[index] = ticks === 0 ? rate : before + weight * (rate - before);
      }
      // After a quiet day nothing is left of any rate: no need to count it tick by tick.
      if (rate === 0 && averages.every((average) => average < 1e-9)) ticks = due - 1;
    }
  }

  return {
    mark(now: Instant): void {
      advance(now);
      count += 1;
      uncounted += 1;
    },
    rates(now: Instant): Rates {
      advance(now);
      const [m1 = 0, m5 = 0, m15 = 0] = averages;
      const seconds = (now - start) / 1000;
      return { count, mean: seconds === 0 ? 0 : count / seconds, m1, m5, m15 };
    },
  };
}

function durationsOf(histogram: RecordableHistogram): Durations {
  const seconds = (nanoseconds: number): number =>
    histogram.count === 0 || !Number.isFinite(nanoseconds) ? 0 : nanoseconds / NANOSECONDS;
  return {
    min: seconds(histogram.min),
    mean: seconds(histogram.mean),
    max: seconds(histogram.max),
    stddev: seconds(histogram.stddev),
    percentile: (percent) => seconds(histogram.percentile(percent)),
  };
}

function createTimer(start: Instant) {
  const meter = createMeter(start);
  const histogram = createHistogram();
  return {
    record(seconds: number, now: Instant): void {
      meter.mark(now);
      // The histogram takes whole numbers from 1 on.
      histogram.record(Math.max(1, Math.round(seconds * NANOSECONDS)));
    },
    read: (now: Instant) => ({ rates: meter.rates(now), durations: durationsOf(histogram) }),
  };
}

/** Methods that Marathon times by themselves. */
const TIMED_METHODS = ['get', 'post', 'put', 'delete'] as const;
const CLASSES = [1, 2, 3, 4, 5] as const;

/** What this process has answered since it began. Another process of the function has numbers of its own. */
export function createRequestMetrics(start: Instant) {
  const all = createTimer(start);
  const byMethod = new Map<string, ReturnType<typeof createTimer>>(
    TIMED_METHODS.map((method) => [method, createTimer(start)]),
  );
  const byClass = new Map<number, ReturnType<typeof createMeter>>(CLASSES.map((each) => [each, createMeter(start)]));
  let active = 0;

  return {
    start,
    active: (): number => active,
    began(): void {
      active += 1;
    },
    /** @param began when the request came in */
    ended(method: string, status: number, began: Instant, now: Instant): void {
      active -= 1;
      const seconds = (now - began) / 1000;
      all.record(seconds, now);
      byMethod.get(method.toLowerCase())?.record(seconds, now);
      byClass.get(Math.floor(status / 100))?.mark(now);
    },
    read: (now: Instant) => ({
      all: all.read(now),
      byMethod: new Map([...byMethod].map(([method, timer]) => [method, timer.read(now)])),
      byClass: new Map([...byClass].map(([each, meter]) => [each, meter.rates(now)])),
    }),
  };
}

export type RequestMetrics = ReturnType<typeof createRequestMetrics>;
