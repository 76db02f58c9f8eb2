import type { TaskArn } from '../../lib/model/ids.ts';
import type { ProbeOutcome } from '../../lib/model/probe.ts';

/** The health check that simulated apps have. */
export const CHECK = {
  protocol: 'HTTP',
  path: '/health',
  portIndex: 0,
  gracePeriodSeconds: 3,
  intervalSeconds: 5,
  timeoutSeconds: 2,
  maxConsecutiveFailures: 3,
};

/** Who was asked, and the answer; without an ARN nobody runs there. */
export interface Answer {
  readonly arn: TaskArn | undefined;
  readonly outcome: ProbeOutcome;
}

/** Counts what tasks really answered: none may be killed for its health before it failed often enough in a row. */
export function createHealthWatch(violated: (what: string) => void) {
  const failures = new Map<TaskArn, number>();
  let kills = 0;

  return {
    answered({ arn, outcome }: Answer): void {
      if (arn === undefined) return;
      const isHealthy = outcome.kind === 'answered' && outcome.status === 200;
      failures.set(arn, isHealthy ? 0 : (failures.get(arn) ?? 0) + 1);
    },
    killed(arn: TaskArn): void {
      kills += 1;
      const inRow = failures.get(arn) ?? 0;
      if (inRow < CHECK.maxConsecutiveFailures) violated(`${arn} is killed for its health after ${inRow} failures`);
      if (inRow > CHECK.maxConsecutiveFailures + MORE) violated(`${arn} lived on after ${inRow} failures`);
    },
    /** Orders to stop tasks for their health. */
    kills: (): number => kills,
  };
}

/** Failures in the grace period do not count, nor those that a prober could not tell of; the tick may be late. */
const MORE = 30;
