import pMap from 'p-map';
import { type PlannedChange, planChange, type WantedChange } from '../../lib/deployment/plan-change.ts';
import { outcomeUnknown, tryAgain } from '../../lib/errors/catalogue.ts';
import { deploymentFailed, deploymentSuccess } from '../../lib/event/events.ts';
import { StoreUnavailable } from '../../lib/gateways/store.ts';
import type { DeploymentId } from '../../lib/model/ids.ts';
import type { MarathonEvent, Outbox } from '../../lib/model/outbox.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { CurrentSpec, Root } from '../../lib/model/root.ts';
import type { Versioned } from '../../lib/state/items.ts';
import { type DefinitionsView, loadDefinitions } from './definitions-view.ts';
import type { ApiDeps } from './deps.ts';

/** A lost race is a fresh read and a new try; after this many the client gets a 503 (design §4). */
const ATTEMPTS = 8;
/** Upper bound of the pause after the first lost race; doubled each time. Milliseconds. */
const FIRST_PAUSE = 20;
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

type SwapOutcome = 'committed' | 'lost' | 'open';

/** Swaps the root. `open`: the store did not say whether it did. */
async function swap(
  { state }: ApiDeps,
  root: Versioned<Root>,
  change: PlannedChange,
  outbox: Outbox,
): Promise<SwapOutcome> {
  try {
    return (await state.definitions.swapRoot(change.root, root.rev, outbox)) ? 'committed' : 'lost';
  } catch (error) {
    if (error instanceof StoreUnavailable) return 'open';
    throw error;
  }
}

const isCommitted = (root: Root, { plan }: PlannedChange): boolean =>
  root.recent.some(({ deployment, version }) => deployment === plan.id && version === plan.version);

/** Decides under the root as it is now, and puts what the new one needs. */
async function prepare(deps: ApiDeps, request: ChangeRequest, view: DefinitionsView, deployment: DeploymentId) {
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
  return { change, outbox: outboxOf(deps, change, request.events(change, current)) };
}

/**
 * Commits a change of definitions: read, decide, put what is immutable, swap the root (design §4). Answers after the
 * deployment is stored and before it has run. Throws AppErrors: what `decide` and `planChange` refuse, 503 when other
 * writers were first too often. A swap without an answer is looked for under the next root; when that cannot be read
 * either, the 503 says that the outcome is unknown.
 */
export async function commitChange(deps: ApiDeps, request: ChangeRequest): Promise<PlannedChange> {
  const { state, clock, ids } = deps;
  const deployment = ids.uuid() as DeploymentId;
  const open: PlannedChange[] = [];
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const view = await loadDefinitions(state);
      const committed = open.find((change) => isCommitted(view.root.value, change));
      if (committed !== undefined) return committed;
      const { change, outbox } = await prepare(deps, request, view, deployment);
      const outcome = await swap(deps, view.root, change, outbox);
      if (outcome === 'committed') return change;
      if (outcome === 'open') open.push(change);
      await clock.sleep(ids.random() * FIRST_PAUSE * 2 ** attempt);
    }
  } catch (error) {
    throw open.length > 0 && error instanceof StoreUnavailable ? outcomeUnknown(error) : error;
  }
  throw open.length > 0 ? outcomeUnknown() : tryAgain('Too many changes were made at the same time.');
}
