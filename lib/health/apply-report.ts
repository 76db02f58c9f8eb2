import { failedHealthCheck, healthStatusChanged, instanceHealthChanged } from '../event/events.ts';
import type { CheckState, HealthState, Instance, ReadinessState } from '../model/instance.ts';
import type { MarathonEvent } from '../model/outbox.ts';
import type { AppSpec } from '../model/run-spec.ts';
import { isSameJson } from '../model/same-json.ts';
import type { Instant } from '../model/timestamp.ts';
import { renderHealthCheck } from '../schema/render-app.ts';
import { recordResult, type TimedResult } from './check-state.ts';
import { summaryOf } from './instance-health.ts';
import { judgeHealth } from './judge-health.ts';

/** What the prober found: a result of the health check, or the state of the readiness check, at that index; or of `check`. */
export type ProbeReport =
  | ({ readonly kind: 'health'; readonly check: number } & TimedResult)
  | { readonly kind: 'readiness'; readonly check: number; readonly state: ReadinessState }
  | { readonly kind: 'check'; readonly state: CheckState };

/** An instance after reports. `steady`: nothing that anybody would see has changed, so nothing is written. */
export type ReportEffect =
  | { readonly kind: 'steady'; readonly instance: Instance }
  | {
      readonly kind: 'changed';
      readonly instance: Instance;
      readonly events: readonly MarathonEvent[];
      /** Somebody waits for this: a deployment, or the tick that kills. */
      readonly wake: boolean;
    };

/** The events of a change of health: each check that flipped, then the summary (events.md §2.3, §2.4). */
export function healthEvents(before: Instance, after: Instance, at: Instant): readonly MarathonEvent[] {
  const flipped = after.health.filter(({ alive }, index) => alive !== (before.health[index]?.alive ?? false));
  const summary = summaryOf(after.health);
  return [
    ...flipped.map(({ alive }) => healthStatusChanged(after, alive, at)),
    ...(summary === summaryOf(before.health) ? [] : [instanceHealthChanged(after, summary ?? null, at)]),
  ];
}

const replaceAt = <T>(items: readonly T[], index: number, item: T): readonly T[] =>
  items.map((old, at) => (at === index ? item : old));

interface Folded {
  readonly instance: Instance;
  readonly failures: readonly MarathonEvent[];
}

function fold({ instance, failures }: Folded, report: ProbeReport, spec: AppSpec): Folded {
  if (report.kind === 'check') return { instance: { ...instance, check: report.state }, failures };
  if (report.kind === 'readiness') {
    if (instance.readiness[report.check]?.ready !== false) return { instance, failures };
    return {
      instance: { ...instance, readiness: replaceAt(instance.readiness, report.check, report.state) },
      failures,
    };
  }
  const [state, check] = [instance.health[report.check], spec.healthChecks[report.check]];
  if (state === undefined || check === undefined) return { instance, failures };
  const after = recordResult(state, report, instance.since, check);
  if (after === state) return { instance, failures };
  const failed = after.alive ? [] : [failedHealthCheck(instance, renderHealthCheck(check), report.at)];
  return {
    instance: { ...instance, health: replaceAt(instance.health, report.check, after) },
    failures: [...failures, ...failed],
  };
}

/** A success after a success is what is expected: only its time moves. */
const isSteady = (before: HealthState, after: HealthState | undefined): boolean =>
  before === after || (before.alive && after?.alive === true);

/**
 * What reports of the prober do to an instance. Reports of a task that does not run, or that were known, do nothing;
 * successes of a healthy task change nothing worth a write.
 */
export function applyReports(
  instance: Instance,
  spec: AppSpec,
  reports: readonly ProbeReport[],
  now: Instant,
): ReportEffect {
  if (instance.condition !== 'Running') return { kind: 'steady', instance };
  const start: Folded = { instance, failures: [] };
  const { instance: after, failures } = reports.reduce((folded, report) => fold(folded, report, spec), start);
  const othersSteady = isSameJson([instance.readiness, instance.check], [after.readiness, after.check]);
  const isSame = othersSteady && instance.health.every((state, index) => isSteady(state, after.health[index]));
  if (isSame && failures.length === 0) return { kind: 'steady', instance: after };
  const changes = healthEvents(instance, after, now);
  const kills = judgeHealth(after, spec.healthChecks, now).kind === 'kill';
  const becameReady = after.readiness.some(({ ready }, index) => ready && instance.readiness[index]?.ready !== true);
  return {
    kind: 'changed',
    instance: after,
    events: [...failures, ...changes],
    wake: changes.length > 0 || kills || becameReady,
  };
}
