import { type PlannedChange, planChange, type WantedChange } from '../../lib/deployment/plan-change.ts';
import type { DeploymentPlan } from '../../lib/model/deployment.ts';
import type { DeploymentId } from '../../lib/model/ids.ts';
import { type DefinitionsView, loadDefinitions } from '../runtime/definitions/definitions-view.ts';
import type { ApiDeps } from './deps.ts';

/**
 * A change judged as its commit would judge it but for locks and the number of deployments. Nothing is stored. Throws
 * what the change would be refused with.
 */
export function rehearse(deps: ApiDeps, view: DefinitionsView, wanted: readonly WantedChange[]): PlannedChange {
  const decision = planChange(wanted, {
    root: view.root.value,
    entries: view.tree.entries,
    nodes: view.tree.nodes,
    running: [],
    deployment: deps.ids.uuid() as DeploymentId,
    force: false,
    deadline: undefined,
    now: deps.clock.now(),
    config: deps.config,
  });
  if (!decision.ok) throw decision.error;
  return decision.change;
}

/** The plan that a change would have (api-endpoints.md §4, `dryRun`); see `rehearse`. */
export async function rehearseChange(
  deps: ApiDeps,
  decide: (view: DefinitionsView) => Promise<readonly WantedChange[]>,
): Promise<DeploymentPlan> {
  const view = await loadDefinitions(deps.state);
  return rehearse(deps, view, await decide(view)).plan;
}
