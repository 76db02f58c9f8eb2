import { lowestCapacity } from '../../lib/deployment/lowest-capacity.ts';
import { actionOnWire } from '../../lib/event/events.ts';
import type { ChangeRequest } from '../runtime/definitions/commit-change.ts';
import { loadDefinitions } from '../runtime/definitions/definitions-view.ts';
import type { ApiDeps } from './deps.ts';
import { explainPlan } from './explain-plan.ts';
import { rehearse } from './rehearse-change.ts';
import { firstStep } from './simulate-change.ts';
import { candidates, readWaiting } from './waiting-work.ts';

/**
 * What a change would do: its steps, how far each app or pod would go down by them, and where the instances that each
 * creates first would be placed if they were launched now. Nothing is stored. Throws what the change is refused with,
 * but for locks.
 */
export async function rehearseDeployment(deps: ApiDeps, decide: ChangeRequest['decide']) {
  const view = await loadDefinitions(deps.state);
  const change = rehearse(deps, view, await decide(view));
  const { plan, after } = change;
  const affected = new Set(plan.affected);
  const present = await readWaiting(deps, view, new Set([...(await candidates(deps, view)), ...affected]));
  const planned = new Map(present);
  for (const id of affected) {
    if (after.has(id)) planned.set(id, firstStep(deps, change, id, present.get(id)).runSpec);
    else planned.delete(id);
  }
  const explained = await explainPlan(deps, planned, affected);
  const last = new Map(plan.steps.flatMap(({ actions }) => actions).map((action) => [action.runSpec, action]));
  return {
    steps: plan.steps.map(({ actions }) => ({ actions: actions.map(actionOnWire) })),
    capacities: [...last].map(([id, action]) => ({
      id,
      instances: after.get(id)?.instances ?? 0,
      lowest: lowestCapacity(action, present.get(id)?.instances ?? [], after.get(id)),
    })),
    placements: [...explained.placements].flatMap(([runSpec, launches]) =>
      launches.map((launch) => ({ runSpec, ...launch })),
    ),
    unplaced: [...explained.unplaced.values()].flat(),
    lacking: explained.lacking,
  };
}
