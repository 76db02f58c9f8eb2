import type { EcsView } from '../ecs-state.ts';
import type { Task } from '../entities.ts';
import { viewTask } from '../task-view.ts';
import { asDate, viewTags } from '../views.ts';

/** A task in an answer; DescribeTasks gives tags on demand only. */
export function showTask({ instances }: EcsView, task: Task, withTags: boolean) {
  const shown = viewTask(task, instances.get(task.containerInstanceArn), asDate);
  return { ...shown, tags: withTags ? viewTags(task.tags) : [] };
}
