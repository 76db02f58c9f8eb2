import type { TaskSighting } from '../../lib/model/task.ts';
import { toTimestamp } from '../../lib/model/timestamp.ts';

const iso = (at: number | undefined): string | undefined => (at === undefined ? undefined : toTimestamp(at));

/** An ECS event as the queue delivers it. */
export function eventBody(task: TaskSighting): string {
  const {
    arn,
    launch,
    containerInstance,
    exitCode,
    containerReason,
    bindings,
    createdAt,
    startedAt,
    stoppedAt,
    ...rest
  } = task;
  const detail = {
    ...rest,
    taskArn: arn,
    startedBy: launch,
    containerInstanceArn: containerInstance,
    createdAt: iso(createdAt),
    startedAt: iso(startedAt),
    stoppedAt: iso(stoppedAt),
    containers: [{ exitCode, reason: containerReason, networkBindings: bindings }],
  };
  return JSON.stringify({ 'detail-type': 'ECS Task State Change', detail });
}
