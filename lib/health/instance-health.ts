import type { HealthState, Instance, ReadinessState } from '../model/instance.ts';
import type { RunSpec } from '../model/run-spec.ts';
import { hasResult, NO_RESULT } from './check-state.ts';
import { containerRetries } from './container-check.ts';

/** What a launch of a run spec begins with: a state of each of its checks, none with a result. */
export function checksAtLaunch(spec: RunSpec): {
  readonly health: readonly HealthState[];
  readonly readiness: readonly ReadinessState[];
} {
  if (spec.kind === 'pod') return { health: [], readiness: [] };
  return {
    health: spec.healthChecks.map((check) =>
      check.protocol === 'COMMAND' ? { ...NO_RESULT, container: { retries: containerRetries(check) } } : NO_RESULT,
    ),
    readiness: spec.readinessChecks.map(({ name }) => ({ name, ready: false })),
  };
}

/** Marathon's summary of several checks: undefined when some have no result (scheduling.md §7), or there is none. */
export function summaryOf(health: readonly HealthState[]): boolean | undefined {
  if (health.length === 0 || !health.every(hasResult)) return undefined;
  return health.every(({ alive }) => alive);
}

/** Considered healthy: it runs, all its checks pass and it is ready (scheduling.md §1). */
export const isHealthy = ({ condition, health, readiness }: Instance): boolean =>
  condition === 'Running' && health.every(({ alive }) => alive) && readiness.every(({ ready }) => ready);

/**
 * Has done what a deployment waits for: it runs, each check has passed once, and it is ready. Becoming unhealthy later
 * does not take that back, only its end does (deployments.md §4.3).
 */
export const hasBecomeHealthy = ({ condition, health, readiness }: Instance): boolean =>
  condition === 'Running' &&
  health.every(({ firstSuccess }) => firstSuccess !== undefined) &&
  readiness.every(({ ready }) => ready);
