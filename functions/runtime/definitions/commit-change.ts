import pMap from 'p-map';
import type { AskedDeadline } from '../../../lib/deployment/deadline.ts';
import {
  type ChangeDecision,
  type PlannedChange,
  planChange,
  type WantedChange,
} from '../../../lib/deployment/plan-change.ts';
import { AppError } from '../../../lib/errors/app-error.ts';
import {
  deploymentFailed,
  deploymentStepFailed,
  deploymentSuccess,
  groupChangeFailed,
  groupChangeSuccess,
  type StepFailure,
} from '../../../lib/event/events.ts';
import type { DeploymentPlan, DeploymentRecord } from '../../../lib/model/deployment.ts';
import type { DeploymentId } from '../../../lib/model/ids.ts';
import type { MarathonEvent, Outbox } from '../../../lib/model/outbox.ts';
import type { PathId } from '../../../lib/model/path-id.ts';
import type { CurrentSpec, Root } from '../../../lib/model/root.ts';
import { nextVersion } from '../../../lib/model/timestamp.ts';
import { commitRoot, type RootChange } from './commit-root.ts';
import type { DefinitionsView } from './definitions-view.ts';
import type { ChangeDeps } from './deps.ts';

const WRITES_AT_ONCE = 32;

export interface ChangeRequest {
  readonly force: boolean;
  /** What the writer asks for; undefined: what labels and configuration say. */
  readonly deadline: AskedDeadline;
  /** Reads what it needs of the present definitions and says what should be; throws AppErrors. Asked again after a lost race. */
  readonly decide: (view: DefinitionsView) => Promise<readonly WantedChange[]>;
  /** The group that is told to have changed, or to have refused the change (events.md §2.5). */
  readonly group: PathId;
  /** The deployment that the change undoes, because it failed or, as others that it pushes out, is cancelled. */
  readonly undoes?: { readonly id: DeploymentId; readonly failure?: StepFailure };
  /** What the commit announces before its deployment and the change of the group. */
  readonly events?: (change: PlannedChange, current: ReadonlyMap<PathId, CurrentSpec>) => readonly MarathonEvent[];
}

/** Marathon's reason for each deployment that is ended by a writer. */
export const CANCELLED = 'The upgrade has been cancelled';

/** `current`: what the changed apps and pods were. */
function outboxOf(
  deps: ChangeDeps,
  { group, events, undoes }: ChangeRequest,
  change: PlannedChange,
  current: ReadonlyMap<PathId, CurrentSpec>,
): Outbox {
  const { plan, superseded } = change;
  const now = deps.clock.now();
  const changed = [...(events?.(change, current) ?? []), groupChangeSuccess(group, plan.version, now)];
  const endOf = ({ id }: DeploymentPlan) =>
    undoes?.id === id
      ? ({ at: now, outcome: 'rolledBack', reason: undoes.failure?.reason ?? CANCELLED, by: plan.id } as const)
      : ({ at: now, outcome: 'superseded', reason: CANCELLED, by: plan.id } as const);
  const ends = superseded.map((old) => ({ old, end: endOf(old) }));
  const ended = ends.flatMap(({ old, end }) =>
    undoes?.id === old.id && undoes.failure !== undefined
      ? deploymentStepFailed(old, undoes.failure, now)
      : [deploymentFailed(old, end.reason, now)],
  );
  const isDone = plan.steps.length === 0;
  const done = isDone ? [deploymentSuccess(plan, now)] : [];
  const deployments: readonly DeploymentRecord[] = [
    ...ends.map(({ old: { id, version }, end }) => ({ id, version, end })),
    { id: plan.id, version: plan.version, ...(isDone && { end: { at: now, outcome: 'succeeded' as const } }) },
  ];
  const dirty = new Set([...plan.affected, ...superseded.flatMap((old) => old.affected)]);
  return { events: [...ended, ...changed, ...done], dirty: [...dirty], wake: dirty.size > 0, deployments };
}

/** Puts everything that the new root refers to; none of it counts before the swap. */
async function putImmutables({ state }: ChangeDeps, { specs, tree, plan }: PlannedChange): Promise<void> {
  await Promise.all([
    pMap(specs, (spec) => state.definitions.putSpec(spec), { concurrency: WRITES_AT_ONCE }),
    pMap(tree.written, ([hash, node]) => state.definitions.putNode(hash, node), { concurrency: WRITES_AT_ONCE }),
    state.definitions.putPlan(plan),
  ]);
}

const isCommitted = (root: Root, { plan }: PlannedChange): boolean =>
  root.recent.some(({ deployment, version }) => deployment === plan.id && version === plan.version);

/** Tells that a change was refused, and that the plan which met a lock failed. A store without an answer keeps silent. */
async function announceRefusal(
  { state, clock, ids, log }: ChangeDeps,
  { group }: ChangeRequest,
  { version }: Root,
  { error, refused }: Extract<ChangeDecision, { ok: false }>,
): Promise<void> {
  const now = clock.now();
  const failed = refused === undefined ? [] : [deploymentFailed(refused, error.message, now)];
  const events = [groupChangeFailed(group, nextVersion(version, now), error.message, now), ...failed];
  try {
    await state.announce(ids.uuid(), { events, dirty: [], wake: false });
  } catch (cause) {
    log.error('a refused change could not be announced', cause, { group });
  }
}

/** What is wanted, judged under the root as it is now. */
async function judge(deps: ChangeDeps, request: ChangeRequest, view: DefinitionsView, deployment: DeploymentId) {
  const wanted = await request.decide(view);
  const decision = planChange(wanted, {
    root: view.root.value,
    entries: view.tree.entries,
    nodes: view.tree.nodes,
    running: await view.runningPlans(),
    deployment,
    force: request.force,
    deadline: request.deadline,
    ...(request.undoes !== undefined && { undoes: request.undoes.id }),
    now: deps.clock.now(),
    config: deps.config,
  });
  return { wanted, decision };
}

/** Decides under the root as it is now, and puts what the new one needs. Announces a refusal before it throws it. */
async function prepare(
  deps: ChangeDeps,
  request: ChangeRequest,
  view: DefinitionsView,
  deployment: DeploymentId,
): Promise<RootChange<PlannedChange>> {
  const { wanted, decision } = await judge(deps, request, view, deployment).catch(async (error: unknown) => {
    const isRefusal = error instanceof AppError && error.status < 500;
    if (isRefusal) await announceRefusal(deps, request, view.root.value, { ok: false, error });
    throw error;
  });
  if (!decision.ok) {
    await announceRefusal(deps, request, view.root.value, decision);
    throw decision.error;
  }
  const { change } = decision;
  const current = new Map(
    wanted.flatMap((one) => ('kind' in one || one.before === undefined ? [] : [[one.id, one.before] as const])),
  );
  await putImmutables(deps, change);
  return { root: change.root, outbox: outboxOf(deps, request, change, current), value: change };
}

/**
 * Commits a change of definitions as a deployment. Answers after the deployment is stored and before it has run.
 * Throws AppErrors: what `decide` and `planChange` refuse, and what `commitRoot` does.
 */
export function commitChange(deps: ChangeDeps, request: ChangeRequest): Promise<PlannedChange> {
  const deployment = deps.ids.uuid() as DeploymentId;
  return commitRoot(deps, { decide: (view) => prepare(deps, request, view, deployment), isCommitted });
}
