import type { Instance } from '../model/instance.ts';
import type { RunSpec } from '../model/run-spec.ts';
import { checkAtLaunch } from './app-check.ts';
import { hasResult, NO_RESULT } from './check-state.ts';
import { containerRetries } from './container-check.ts';

/** The states of all checks of an instance. */
export type Checks = Pick<Instance, 'health' | 'readiness' | 'check'>;

/** What a launch of a run spec begins with: a state of each of its checks, none with a result. */
export function checksAtLaunch(spec: RunSpec): Checks {
  if (spec.kind === 'pod') return { health: [], readiness: [] };
  return {
    health: spec.healthChecks.map((check) =>
      check.protocol === 'COMMAND' ? { ...NO_RESULT, container: { retries: containerRetries(check) } } : NO_RESULT,
    ),
    readiness: spec.readinessChecks.map(({ name }) => ({ name, ready: false })),
    ...(spec.check !== undefined && { check: checkAtLaunch(spec.check) }),
  };
}

/**
 * An instance with a state of each check of its definition. One that was launched by a version that did not run a check
 * has none for it: it would count as healthy, and nobody would ask it. The same object when nothing is missing.
 */
export function withAllChecks(instance: Instance, { health, readiness, check }: Checks): Instance {
  const isComplete =
    instance.health.length >= health.length &&
    instance.readiness.length >= readiness.length &&
    (instance.check !== undefined || check === undefined);
  if (isComplete) return instance;
  const known = instance.check ?? check;
  return {
    ...instance,
    health: [...instance.health, ...health.slice(instance.health.length)],
    readiness: [...instance.readiness, ...readiness.slice(instance.readiness.length)],
    ...(known !== undefined && { check: known }),
  };
}

/** Marathon's summary of several checks: undefined when some have no result (scheduling.md §7), or there is none. */
export function summaryOf(health: Instance['health']): boolean | undefined {
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
