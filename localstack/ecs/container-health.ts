import type { Container, HealthCheck } from './entities.ts';

/** A container's health as Docker keeps it: undetermined until the first success or too many failures in a row. */
export interface HealthState {
  readonly status: 'HEALTHY' | 'UNHEALTHY' | undefined;
  readonly failures: number;
}

export const UNDETERMINED: HealthState = { status: undefined, failures: 0 };

/**
 * Health after one probe that began `sinceStartMs` after its container. Until the first success, failures within the
 * start period do not count (documentation of HEALTHCHECK, whose rules ECS takes over).
 */
export function afterProbe(
  state: HealthState,
  probe: { readonly passed: boolean; readonly sinceStartMs: number },
  { retries, startPeriod = 0 }: HealthCheck,
): HealthState {
  if (probe.passed) return { status: 'HEALTHY', failures: 0 };
  if (state.status === undefined && probe.sinceStartMs < startPeriod * 1000) return state;
  const failures = state.failures + 1;
  return { status: failures >= retries ? 'UNHEALTHY' : state.status, failures };
}

/** A task's health, of its essential containers alone: UNHEALTHY before UNKNOWN before HEALTHY (aws.md §1.6). */
export function taskHealth(containers: readonly Container[]): 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN' {
  const essential = containers.filter((each) => each.essential).map((each) => each.healthStatus);
  if (essential.includes('UNHEALTHY')) return 'UNHEALTHY';
  return essential.length > 0 && essential.every((status) => status === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN';
}
