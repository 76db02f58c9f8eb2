import { planChange, type WantedChange } from '../../lib/deployment/plan-change.ts';
import type { DeploymentPlan } from '../../lib/model/deployment.ts';
import type { DeploymentId } from '../../lib/model/ids.ts';
import { type DefinitionsView, loadDefinitions } from './definitions-view.ts';
import type { ApiDeps } from './deps.ts';

/**
 * The plan that a change would have, judged as the commit would judge it but for locks and the number of deployments
 * (api-endpoints.md §4, `dryRun`). Nothing is stored. Throws what the change would be refused with.
 */
export async function rehearseChange(
  deps: ApiDeps,
  decide: (view: DefinitionsView) => Promise<readonly WantedChange[]>,
): Promise<DeploymentPlan> {
  const view = await loadDefinitions(deps.state);
  const decision = planChange(await decide(view), {
    root: view.root.value,
    entries: view.tree.entries,
    nodes: view.tree.nodes,
    running: [],
    deployment: deps.ids.uuid() as DeploymentId,
    force: false,
    now: deps.clock.now(),
    config: deps.config,
  });
  if (!decision.ok) throw decision.error;
  return decision.change.plan;
}
