import * as z from 'zod';
import { count } from './values.ts';

const rates = { count, m1_rate: z.number(), m5_rate: z.number(), m15_rate: z.number(), mean_rate: z.number() };
const distribution = {
  min: z.number(),
  mean: z.number(),
  max: z.number(),
  p50: z.number(),
  p75: z.number(),
  p95: z.number(),
  p98: z.number(),
  p99: z.number(),
  p999: z.number(),
  stddev: z.number(),
};

/** `GET /metrics`: numbers by name (api-endpoints.md §8). */
export const metrics = z.strictObject({
  version: z.string().describe("Of Dropwizard's format."),
  counters: z.record(z.string(), z.strictObject({ count })),
  gauges: z.record(z.string(), z.strictObject({ value: z.number() })),
  histograms: z.record(z.string(), z.strictObject({ count, ...distribution })),
  meters: z.record(z.string(), z.strictObject({ ...rates, units: z.string() })),
  timers: z.record(
    z.string(),
    z.strictObject({ ...rates, ...distribution, duration_units: z.string(), rate_units: z.string() }),
  ),
});
