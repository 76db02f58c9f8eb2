import { hasResult } from '../../../lib/health/check-state.ts';
import { type HealthState, type Instance, isScheduled } from '../../../lib/model/instance.ts';

export interface TaskCounts {
  readonly staged: number;
  readonly running: number;
  readonly healthy: number;
  readonly unhealthy: number;
}

/** The checks of an instance that have a result already. */
export function resultsOf(instance: Instance): readonly HealthState[] {
  return instance.health.filter(hasResult);
}

/** True for what Marathon's statistics look at: it has a task and does not wait for a launch. */
export const hasTask = (instance: Instance): boolean => instance.launch !== undefined && !isScheduled(instance);

/** Marathon's counting rules (responses.md §2; TaskForStatistics.scala). Without checks both health counts are 0. */
export function countTasks(instances: readonly Instance[]): TaskCounts {
  const counted = instances.filter(hasTask);
  const count = (holds: (instance: Instance) => boolean): number => counted.filter(holds).length;
  const results = (instance: Instance) => resultsOf(instance).map((state) => state.alive);
  return {
    staged: count(({ condition }) => condition === 'Provisioned' || condition === 'Staging'),
    running: count(({ condition }) => condition === 'Running'),
    healthy: count((instance) => results(instance).length > 0 && results(instance).every((alive) => alive)),
    unhealthy: count((instance) => results(instance).some((alive) => !alive)),
  };
}
