import type { PlannedChange, WantedChange } from '../../../lib/deployment/plan-change.ts';
import { revertOf } from '../../../lib/deployment/revert.ts';
import { deploymentNotFound } from '../../../lib/errors/catalogue.ts';
import { deploymentFailed, deploymentStepFailed, type StepFailure } from '../../../lib/event/events.ts';
import type { DeploymentOutcome, DeploymentPlan } from '../../../lib/model/deployment.ts';
import type { DeploymentId } from '../../../lib/model/ids.ts';
import { ROOT_ID } from '../../../lib/model/path-id.ts';
import type { RunSpecDefinition } from '../../../lib/model/run-spec.ts';
import { CANCELLED, type ChangeRequest, commitChange } from './commit-change.ts';
import { commitRoot } from './commit-root.ts';
import type { DefinitionsView } from './definitions-view.ts';
import type { ChangeDeps } from './deps.ts';

async function runningPlan(view: DefinitionsView, id: string): Promise<DeploymentPlan> {
  const plan = (await view.runningPlans()).find((one) => one.id === id);
  if (plan === undefined) throw deploymentNotFound(id);
  return plan;
}

/**
 * Ends a running deployment where it is; nothing that it did is undone. Throws 404 when it does not run.
 * @param failure what ends it; without one it is cancelled
 */
export async function cancelDeployment(deps: ChangeDeps, id: string, failure?: StepFailure): Promise<void> {
  const outcome: DeploymentOutcome = failure === undefined ? 'cancelled' : 'failed';
  const reason = failure?.reason ?? CANCELLED;
  await commitRoot(deps, {
    async decide(view) {
      const plan = await runningPlan(view, id);
      const root = view.root.value;
      const running = Object.fromEntries(Object.entries(root.running).filter(([other]) => other !== id));
      const at = deps.clock.now();
      const outbox = {
        events: failure === undefined ? [deploymentFailed(plan, reason, at)] : deploymentStepFailed(plan, failure, at),
        dirty: plan.affected,
        wake: true,
        deployments: [{ id: plan.id, version: plan.version, end: { at, outcome, reason } }],
      };
      return { root: { ...root, seq: root.seq + 1, running }, outbox, value: plan };
    },
    isCommitted: ({ running }, plan) => !(plan.id in running),
  });
}

/** What undoes a deployment, as changes of the present definitions. */
async function wantedBack(
  { state }: ChangeDeps,
  view: DefinitionsView,
  plan: DeploymentPlan,
): Promise<readonly WantedChange[]> {
  const [original, target] = [
    await state.definitions.loadTree(plan.original),
    await state.definitions.loadTree(plan.target),
  ];
  const present = view.tree.entries;
  const { specs, groups } = revertOf({ original: original.entries, target: target.entries, present });
  const ids = new Set(specs.map(({ id }) => id));
  const current = [...(await view.listApps(ids)), ...(await view.listPods(ids))];
  const before = new Map(current.map((spec) => [spec.id, spec]));
  const stored = await state.definitions.getSpecs(
    specs.flatMap(({ entry }) => (entry === undefined ? [] : [entry.spec])),
  );
  const back = specs.map(({ id, entry }): WantedChange => {
    const present = before.get(id);
    const known = present === undefined ? {} : { before: present };
    if (entry === undefined) return { id, ...known };
    const old = stored.get(entry.spec);
    if (old === undefined) throw new Error(`the definition of ${id} before deployment ${plan.id} is gone`);
    const { version: _version, versionInfo: _versionInfo, ...after } = old.spec;
    return { id, ...known, after: after satisfies RunSpecDefinition };
  });
  return [...back, ...groups.map((group) => ({ kind: 'group' as const, ...group }))];
}

/** The change that undoes a running deployment, and is refused with 404 when that does not run. */
export const undoing = (
  deps: ChangeDeps,
  id: string,
  failure?: StepFailure,
): Omit<ChangeRequest, 'force' | 'deadline'> => ({
  undoes: { id: id as DeploymentId, ...(failure !== undefined && { failure }) },
  decide: async (view) => wantedBack(deps, view, await runningPlan(view, id)),
  group: ROOT_ID,
});

/**
 * Undoes a running deployment by a new one, which pushes it out and has no deadline of its own: that would bring back
 * what it undoes. Throws 404 when it does not run.
 */
export const rollBackDeployment = (deps: ChangeDeps, id: string, failure: StepFailure): Promise<PlannedChange> =>
  commitChange(deps, { ...undoing(deps, id, failure), force: true, deadline: 'none' });
