import { endedTaskOf } from '../../lib/instance/ended-task.ts';
import type { Instance } from '../../lib/model/instance.ts';
import type { TickDeps } from './deps.ts';

/** An instance is about to forget its task: how it ended, and where its output is, is known as long as that is kept. */
export async function keepEnded({ state, config }: TickDeps, instance: Instance): Promise<void> {
  const ended = endedTaskOf(instance);
  if (ended !== undefined) await state.endedTasks.put(ended, config.taskLogs.retentionDays);
}
