import type { DeploymentPlan } from '../model/deployment.ts';
import type { PathId } from '../model/path-id.ts';

/** The running deployments that lock any of the run specs: locks are computed, never stored (design §4). */
export function conflictsOf(
  affected: readonly PathId[],
  running: readonly DeploymentPlan[],
): readonly DeploymentPlan[] {
  const wanted = new Set(affected);
  return running.filter((plan) => plan.affected.some((id) => wanted.has(id)));
}
