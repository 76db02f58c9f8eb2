import type { EndedTask } from '../../../lib/model/ended-task.ts';
import { toAppTaskId } from '../../../lib/model/ids.ts';
import { type Instant, toTimestamp } from '../../../lib/model/timestamp.ts';
import { given } from '../../../lib/schema/given.ts';
import { TASK_STATES } from './task.ts';

/** A task that ended. `hasOutput`: what it printed is still kept. */
export function presentEndedTask(task: EndedTask, hasOutput: boolean) {
  const { instance, incarnation, startedAt, endedAt, reason } = task;
  const id = toAppTaskId(instance, incarnation);
  const at = (instant: Instant | undefined) => (instant === undefined ? undefined : toTimestamp(instant));
  const files = `/stride/v1/tasks/${id}/files`;
  return given({
    id,
    appId: task.runSpec,
    instance,
    version: task.version,
    host: task.host,
    slaveId: task.agent,
    state: TASK_STATES[task.condition],
    started: at(startedAt),
    ended: toTimestamp(endedAt),
    durationSeconds: startedAt === undefined ? undefined : Math.max(0, endedAt - startedAt) / 1000,
    exitCode: task.exitCode,
    reason: reason === '' ? undefined : reason,
    output: hasOutput ? { stdout: `${files}/stdout`, stderr: `${files}/stderr` } : undefined,
  });
}
