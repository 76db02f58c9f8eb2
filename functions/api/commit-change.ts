import pMap from 'p-map';
import { type PlannedChange, planChange, type WantedChange } from '../../lib/deployment/plan-change.ts';
import { deploymentFailed, deploymentSuccess } from '../../lib/event/events.ts';
import type { DeploymentId } from '../../lib/model/ids.ts';
import type { MarathonEvent, Outbox } from '../../lib/model/outbox.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { CurrentSpec, Root } from '../../lib/model/root.ts';
import { commitRoot, type RootChange } from './commit-root.ts';
import type { DefinitionsView } from './definitions-view.ts';
import type { ApiDeps } from './deps.ts';

const WRITES_AT_ONCE = 32;

export interface ChangeRequest {
  readonly force: boolean;
  /** Reads what it needs of the present definitions and says what should be; throws AppErrors. Asked again after a lost race. */
  readonly decide: (view: DefinitionsView) => Promise<readonly WantedChange[]>;
  /** What the commit announces besides its deployment. */
  readonly events: (change: PlannedChange, current: ReadonlyMap<PathId, CurrentSpec>) => readonly MarathonEvent[];
}

function outboxOf(deps: ApiDeps, change: PlannedChange, events: readonly MarathonEvent[]): Outbox {
  const { plan, superseded } = change;
  const now = deps.clock.now();
  const ended = superseded.map((old) => deploymentFailed(old, 'The upgrade has been cancelled', now));
  const done = plan.steps.length === 0 ? [deploymentSuccess(plan, now)] : [];
  const dirty = new Set([...plan.affected, ...superseded.flatMap((old) => old.affected)]);
  return { events: [...ended, ...events, ...done], dirty: [...dirty], wake: dirty.size > 0 };
}

/** Puts everything that the new root refers to; none of it counts before the swap. */
async function putImmutables({ state }: ApiDeps, { specs, tree, plan }: PlannedChange): Promise<void> {
  await Promise.all([
    pMap(specs, (spec) => state.definitions.putSpec(spec), { concurrency: WRITES_AT_ONCE }),
    pMap(tree.written, ([hash, node]) => state.definitions.putNode(hash, node), { concurrency: WRITES_AT_ONCE }),
    state.definitions.putPlan(plan),
  ]);
}

const isCommitted = (root: Root, { plan }: PlannedChange): boolean =>
  root.recent.some(({ deployment, version }) => deployment === plan.id && version === plan.version);

/** Decides under the root as it is now, and puts what the new one needs. */
async function prepare(
  deps: ApiDeps,
  request: ChangeRequest,
  view: DefinitionsView,
  deployment: DeploymentId,
): Promise<RootChange<PlannedChange>> {
  const wanted = await request.decide(view);
  const decision = planChange(wanted, {
    root: view.root.value,
    entries: view.tree.entries,
    nodes: view.tree.nodes,
    running: await view.runningPlans(),
    deployment,
    force: request.force,
    now: deps.clock.now(),
    config: deps.config,
  });
  if (!decision.ok) throw decision.error;
  const { change } = decision;
  const current = new Map(
    wanted.flatMap((one) => ('kind' in one || one.before === undefined ? [] : [[one.id, one.before] as const])),
  );
  await putImmutables(deps, change);
  return { root: change.root, outbox: outboxOf(deps, change, request.events(change, current)), value: change };
}

/**
 * Commits a change of definitions as a deployment. Answers after the deployment is stored and before it has run.
 * Throws AppErrors: what `decide` and `planChange` refuse, and what `commitRoot` does.
 */
export function commitChange(deps: ApiDeps, request: ChangeRequest): Promise<PlannedChange> {
  const deployment = deps.ids.uuid() as DeploymentId;
  return commitRoot(deps, { decide: (view) => prepare(deps, request, view, deployment), isCommitted });
}
