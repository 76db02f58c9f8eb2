import { actionOnWire } from '../../../lib/event/events.ts';
import type { DeploymentPlan, DeploymentState } from '../../../lib/model/deployment.ts';
import type { DeploymentId } from '../../../lib/model/ids.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import type { PathId } from '../../../lib/model/path-id.ts';
import type { Timestamp } from '../../../lib/model/timestamp.ts';
import { presentReadiness } from './readiness.ts';

/**
 * One running deployment (responses.md §7). `currentStep` counts from 1 and is 0 before the first step, when `state`
 * is undefined. `instancesOf` gives the instances of an affected run spec, for their readiness results.
 */
export function presentDeployment(
  plan: DeploymentPlan,
  state: DeploymentState | undefined,
  instancesOf: (runSpec: PathId) => readonly Instance[],
) {
  const current = state === undefined ? undefined : plan.steps[state.step];
  const actions = plan.steps.flatMap((step) => step.actions);
  const pods = new Set(actions.flatMap(({ runSpec, specKind }) => (specKind === 'pod' ? [runSpec] : [])));
  return {
    id: plan.id,
    steps: plan.steps.map((step) => ({ actions: step.actions.map(actionOnWire) })),
    version: plan.version,
    affectedApps: plan.affected.filter((id) => !pods.has(id)),
    affectedPods: [...pods],
    currentActions: (current?.actions ?? []).map((action) => ({
      ...actionOnWire(action),
      readinessCheckResults: presentReadiness(instancesOf(action.runSpec)),
    })),
    currentStep: state === undefined ? 0 : Math.min(state.step + 1, plan.steps.length),
    totalSteps: plan.steps.length,
  };
}

/** The answer to every write that starts a deployment, except the one that creates an app. */
export function presentDeploymentResult(version: Timestamp, deploymentId: DeploymentId) {
  return { version, deploymentId };
}
