import { toAppTaskId } from '../../../lib/model/ids.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import { given } from '../../../lib/schema/given.ts';

/** Results of the readiness checks of some instances, for apps and for running deployments (responses.md §7). */
export function presentReadiness(instances: readonly Instance[]) {
  return instances.flatMap((instance) =>
    instance.readiness.map(({ name, ready, lastResponse }) =>
      given({ name, taskId: toAppTaskId(instance.id, instance.incarnation), ready, lastResponse }),
    ),
  );
}
