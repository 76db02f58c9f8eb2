import type { EndedTask } from '../model/ended-task.ts';
import type { Instance } from '../model/instance.ts';
import { given } from '../schema/given.ts';

const LOST = 'Its agent was lost, and did not come back in time';

/** Why the present task of an instance ended; a kill for failed health checks says so in Marathon's words. */
export function endReason({ unhealthy, termination, unreachable }: Instance): string {
  if (unhealthy !== undefined) return `Task was killed since health check failed. Reason: ${unhealthy}`;
  return termination?.message ?? (unreachable === undefined ? '' : LOST);
}

/** What is kept of the present task of an instance that is about to forget it; undefined when ECS never had one. */
export function endedTaskOf(instance: Instance): EndedTask | undefined {
  const { id, incarnation, runSpec, runSpecVersion, launch, agent, startedAt, termination, unreachable } = instance;
  if (launch?.arn === undefined) return undefined;
  return given({
    instance: id,
    incarnation,
    runSpec,
    version: runSpecVersion,
    arn: launch.arn,
    host: agent?.host ?? 'unknown',
    agent: agent?.id,
    startedAt,
    endedAt: termination?.at ?? unreachable?.since ?? instance.since,
    condition: instance.condition,
    exitCode: termination?.exitCode,
    reason: endReason(instance),
  });
}
