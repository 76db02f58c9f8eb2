import type { Instant } from '../../../lib/model/timestamp.ts';
import type { Durations, Rates, RequestMetrics } from '../request-metrics.ts';

/** Marathon's names begin with it (`--metrics_name_prefix`). */
const PREFIX = 'marathon.';

interface Timer {
  readonly rates: Rates;
  readonly durations: Durations;
}

/** Numbers by Marathon's names, which say type and unit at their end. */
export interface Metrics {
  readonly gauges: ReadonlyMap<string, number>;
  readonly meters: ReadonlyMap<string, Rates>;
  readonly timers: ReadonlyMap<string, Timer>;
}

/** What the state table tells. */
export interface StateCounts {
  readonly apps: number;
  readonly pods: number;
  /** With the root. */
  readonly groups: number;
  readonly deployments: number;
  readonly running: number;
  readonly staged: number;
  readonly beingKilled: number;
}

/** Marathon's names, as of 1.8, for what has a counterpart here. */
export function collectMetrics(counts: StateCounts, requests: RequestMetrics, now: Instant): Metrics {
  const { all, byMethod, byClass } = requests.read(now);
  const gauges = {
    'apps.active.gauge': counts.apps,
    'pods.active.gauge': counts.pods,
    'groups.active.gauge': counts.groups,
    'deployments.active.gauge': counts.deployments,
    'instances.running.gauge': counts.running,
    'instances.staged.gauge': counts.staged,
    'instances.inflight-kills.gauge': counts.beingKilled,
    'http.requests.active.gauge': requests.active(),
    'uptime.gauge.seconds': (now - requests.start) / 1000,
  };
  return {
    gauges: new Map(Object.entries(gauges).map(([name, value]) => [PREFIX + name, value])),
    meters: new Map([...byClass].map(([each, rates]) => [`${PREFIX}http.responses.${each}xx.rate`, rates])),
    timers: new Map([
      [`${PREFIX}http.requests.duration.timer.seconds`, all],
      ...[...byMethod].map(
        ([method, timer]) => [`${PREFIX}http.requests.${method}.duration.timer.seconds`, timer] as const,
      ),
    ]),
  };
}

const PERCENTILES = [
  ['p50', 50],
  ['p75', 75],
  ['p95', 95],
  ['p98', 98],
  ['p99', 99],
  ['p999', 99.9],
] as const;

const presentRates = ({ count, mean, m1, m5, m15 }: Rates) => ({
  count,
  m1_rate: m1,
  m5_rate: m5,
  m15_rate: m15,
  mean_rate: mean,
});

const presentDurations = ({ min, mean, max, stddev, percentile }: Durations) => ({
  min,
  mean,
  max,
  ...Object.fromEntries(PERCENTILES.map(([name, percent]) => [name, percentile(percent)])),
  stddev,
});

/** `GET /metrics` in Dropwizard's JSON, format 4.0.0 (api-endpoints.md §8). */
export function presentMetrics({ gauges, meters, timers }: Metrics) {
  const mapped = <T>(values: ReadonlyMap<string, T>, present: (value: T) => object) =>
    Object.fromEntries([...values].map(([name, value]) => [name, present(value)]));
  return {
    version: '4.0.0',
    counters: {},
    gauges: mapped(gauges, (value) => ({ value })),
    histograms: {},
    meters: mapped(meters, (rates) => ({ ...presentRates(rates), units: 'events/second' })),
    timers: mapped(timers, ({ rates, durations }) => ({
      ...presentRates(rates),
      ...presentDurations(durations),
      duration_units: 'seconds',
      rate_units: 'calls/second',
    })),
  };
}

/** Dots and dashes are no part of Prometheus's names. */
const prometheusName = (name: string): string => name.replaceAll(/[.-]/g, '_');

/** `GET /metrics/prometheus`: text exposition format, version 0.0.4. */
export function presentPrometheus({ gauges, meters, timers }: Metrics): string {
  const family = (name: string, type: string, samples: readonly (readonly [string, number])[]): readonly string[] => [
    `# TYPE ${prometheusName(name)} ${type}`,
    ...samples.map(([suffix, value]) => `${prometheusName(name)}${suffix} ${value}`),
  ];
  const lines = [
    ...[...gauges].flatMap(([name, value]) => family(name, 'gauge', [['', value]])),
    ...[...meters].flatMap(([name, { count }]) => family(`${name}.total`, 'counter', [['', count]])),
    ...[...timers].flatMap(([name, { rates, durations }]) =>
      family(name, 'summary', [
        ...PERCENTILES.map(([, percent]) => [`{quantile="${percent / 100}"}`, durations.percentile(percent)] as const),
        ['_count', rates.count],
        ['_sum', rates.count * durations.mean],
      ]),
    ),
  ];
  return `${lines.join('\n')}\n`;
}
