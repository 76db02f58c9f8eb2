import type { HealthState } from '../model/instance.ts';
import type { AppCheck, AppSpec, HealthCheck } from '../model/run-spec.ts';
import type { ContainerHealthCheck } from '../model/task.ts';
import type { Instant } from '../model/timestamp.ts';
import { passed } from './check-state.ts';

/** ECS's bounds (aws.md §1.6), in its units: seconds and tries. */
const BOUNDS = { interval: [5, 300], timeout: [2, 60], retries: [1, 10], startPeriod: [0, 300] } as const;

const within = (value: number, [least, most]: readonly [number, number]): number =>
  Math.ceil(Math.min(most, Math.max(least, value)));

/** Failures in a row after which ECS calls the container unhealthy; at the first where nothing is killed for it. */
export const containerRetries = ({ maxConsecutiveFailures }: Pick<HealthCheck, 'maxConsecutiveFailures'>): number =>
  within(maxConsecutiveFailures, BOUNDS.retries);

/** An app's `check` tells of each change, so one failure is enough. */
function fromAppCheck({
  probe,
  intervalSeconds,
  timeoutSeconds,
  delaySeconds,
}: AppCheck): ContainerHealthCheck | undefined {
  if (probe.kind !== 'exec') return undefined;
  const { command } = probe;
  return {
    command: 'shell' in command ? ['CMD-SHELL', command.shell] : ['CMD', ...command.argv],
    interval: within(intervalSeconds, BOUNDS.interval),
    timeout: within(timeoutSeconds, BOUNDS.timeout),
    retries: 1,
    startPeriod: within(delaySeconds, BOUNDS.startPeriod),
  };
}

/**
 * The first COMMAND check, or else a command as `check`, as the container's own health check, moved to the nearest that
 * ECS takes; undefined without one (both: `launchObstacles`). What lies beyond ECS's bounds, `judgeHealth` makes up for
 * by time.
 */
export function containerHealthCheck({
  healthChecks,
  check: appCheck,
}: Pick<AppSpec, 'healthChecks' | 'check'>): ContainerHealthCheck | undefined {
  const check = healthChecks.find(({ protocol }) => protocol === 'COMMAND');
  if (check?.command === undefined) return appCheck === undefined ? undefined : fromAppCheck(appCheck);
  return {
    command: ['CMD-SHELL', check.command],
    interval: within(check.intervalSeconds, BOUNDS.interval),
    timeout: within(check.timeoutSeconds, BOUNDS.timeout),
    retries: containerRetries(check),
    startPeriod: within(check.gracePeriodSeconds, BOUNDS.startPeriod),
  };
}

const isSame = (state: HealthState, status: 'HEALTHY' | 'UNHEALTHY'): boolean =>
  status === 'HEALTHY' ? state.alive : !state.alive && state.consecutiveFailures > 0;

/** What ECS says of the container goes to all checks that it runs; it tells of each change once. */
export function recordContainerHealth(
  health: readonly HealthState[],
  status: 'HEALTHY' | 'UNHEALTHY',
  at: Instant,
): readonly HealthState[] {
  return health.map((state) => {
    if (state.container === undefined || isSame(state, status)) return state;
    if (status === 'HEALTHY') return passed(state, at);
    const { retries } = state.container;
    return {
      ...state,
      alive: false,
      consecutiveFailures: retries,
      lastFailure: at,
      lastFailureCause: `the command failed ${retries} ${retries === 1 ? 'time' : 'times in a row'}`,
    };
  });
}
