import type { TaskSighting } from '../../../lib/model/task.ts';
import { anInstance } from '../../fixtures/an-instance.ts';

/** ECS tells for the second time of the task that `anInstance()` runs: still running. */
export function aSighting(fields: Partial<TaskSighting> = {}): TaskSighting {
  const { launch, agent } = anInstance();
  if (launch?.arn === undefined) throw new Error('the fixture has no task');
  return {
    arn: launch.arn,
    launch: launch.id,
    group: 'stride:stride',
    containerInstance: agent?.arn,
    version: 2,
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    bindings: [],
    ...fields,
  };
}
