import type { DeploymentAction } from '../model/deployment.ts';
import type { Instance } from '../model/instance.ts';
import type { RunSpec } from '../model/run-spec.ts';
import { countHealthy, restartBounds } from './restart.ts';

/**
 * The fewest healthy instances that an action leaves of a run spec by its own moves: what fails meanwhile comes on top.
 * `spec`: after the change; undefined when it is removed.
 */
export function lowestCapacity(
  { kind }: DeploymentAction,
  instances: readonly Instance[],
  spec: RunSpec | undefined,
): number {
  const healthy = countHealthy(instances);
  if (kind === 'stop' || spec === undefined) return 0;
  if (kind !== 'restart') return Math.min(healthy, spec.instances);
  return Math.min(healthy, restartBounds(spec.instances, healthy, spec.upgradeStrategy).minHealthy);
}
