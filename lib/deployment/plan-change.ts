import type { AppError } from '../errors/app-error.ts';
import { locked, notValid, tooManyDeployments } from '../errors/catalogue.ts';
import { layersOfChange } from '../group/dependencies.ts';
import { type GroupEntry, type TreeEntry, type TreeNodes, type UpdatedTree, updateTree } from '../group/tree.ts';
import { createTreeDraft, type TreeDraft } from '../group/tree-draft.ts';
import { usedServicePorts } from '../group/used-ports.ts';
import { volumeNameViolations } from '../group/volume-names.ts';
import type { SchedulerConfig } from '../model/config.ts';
import type { DeploymentPlan } from '../model/deployment.ts';
import type { DeploymentId, InstanceId } from '../model/ids.ts';
import type { PathId } from '../model/path-id.ts';
import type { CurrentSpec, Root, StoredSpec } from '../model/root.ts';
import type { RunSpec, RunSpecDefinition } from '../model/run-spec.ts';
import { type Instant, nextVersion } from '../model/timestamp.ts';
import { given } from '../schema/given.ts';
import { residentChangeViolations } from '../schema/rules/resident-change.ts';
import { groupByPath } from '../schema/wire/issues.ts';
import { type AppliedSpec, applySpecs, type SpecToApply } from './apply-specs.ts';
import { conflictsOf } from './conflicts.ts';
import { type AskedDeadline, chooseDeadline, deadlineViolations } from './deadline.ts';
import { affectedBy, planSteps, type SpecChange } from './plan.ts';

/** Commits that the root remembers (design §4). */
const REMEMBERED_COMMITS = 64;

/** What a writer wants of one app or pod. */
interface WantedSpec {
  readonly id: PathId;
  readonly before?: CurrentSpec;
  /** Absent: removed. */
  readonly after?: RunSpecDefinition;
  /** Replace all instances although nothing differs. */
  readonly restart?: boolean;
  /** Instances that go with a lower number of instances, instead of those that kill selection would choose. */
  readonly kill?: readonly InstanceId[];
}

/** What a writer wants of a group itself; what is in it is wanted by itself. */
interface WantedGroup {
  readonly kind: 'group';
  readonly id: PathId;
  /** Absent: removed. */
  readonly after?: GroupEntry;
}

export type WantedChange = WantedSpec | WantedGroup;

export interface ChangeContext {
  readonly root: Root;
  readonly entries: ReadonlyMap<PathId, TreeEntry>;
  readonly nodes: TreeNodes;
  /** Plans of `root.running`. */
  readonly running: readonly DeploymentPlan[];
  readonly deployment: DeploymentId;
  readonly force: boolean;
  readonly deadline: AskedDeadline;
  readonly undoes?: DeploymentId;
  readonly now: Instant;
  readonly config: SchedulerConfig;
}

/** Everything a commit writes: immutable items first, the root last. */
export interface PlannedChange {
  readonly specs: readonly StoredSpec[];
  readonly tree: UpdatedTree;
  readonly plan: DeploymentPlan;
  readonly root: Root;
  /** Deployments that a forced change pushes out. */
  readonly superseded: readonly DeploymentPlan[];
  /** The specs after the change, by id. */
  readonly after: ReadonlyMap<PathId, RunSpec>;
}

export type ChangeDecision =
  | { readonly ok: true; readonly change: PlannedChange }
  /** `refused`: the plan that met a lock. */
  | { readonly ok: false; readonly error: AppError; readonly refused?: DeploymentPlan };

const isSpec = (change: WantedChange): change is WantedSpec => !('kind' in change);
const refuse = (text: string): ChangeDecision => ({
  ok: false,
  error: notValid([{ path: '/', errors: [text] }]),
});

/**
 * Service ports that are taken whatever becomes of the changed specs. Those of a spec that stays count too, since it
 * keeps them or reuses them first; only what goes leaves its ports to the others, and is looked for in all entries.
 */
function takenPorts(
  { root, entries, nodes }: ChangeContext,
  specs: readonly WantedSpec[],
): Pick<ReadonlySet<number>, 'has'> {
  if (specs.every(({ after }) => after !== undefined)) return usedServicePorts(root.tree, nodes);
  const changed = new Set(specs.map(({ id }) => id));
  const used = new Set<number>();
  for (const entry of entries.values()) {
    if (entry.kind !== 'group' && !changed.has(entry.id)) for (const port of entry.servicePorts) used.add(port);
  }
  return used;
}

/** Makes room first, then adds groups, then apps and pods; why it cannot be, if so. */
function applyTo(
  draft: TreeDraft,
  wanted: readonly WantedChange[],
  applied: readonly AppliedSpec[],
): string | undefined {
  for (const { id, after } of wanted) if (after === undefined) draft.remove(id);
  for (const change of wanted) {
    const group = isSpec(change) ? undefined : change.after;
    const refusal = group === undefined ? undefined : draft.putGroup(group);
    if (refusal !== undefined) return refusal;
  }
  for (const { entry } of applied) {
    const refusal = draft.putSpec(entry);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/**
 * What becomes of each run spec, in the order in which the changes were asked for. A rollback settles all of them: a
 * restart leaves no other definition behind, but maybe another number of instances.
 */
function specChanges(
  specs: readonly WantedSpec[],
  after: ReadonlyMap<PathId, RunSpec>,
  { undoes }: ChangeContext,
): readonly SpecChange[] {
  return specs.map(({ id, before, kill }) => {
    const spec = after.get(id);
    return {
      id,
      ...(before === undefined ? {} : { before: before.spec }),
      ...(spec === undefined ? {} : { after: spec }),
      ...(kill === undefined ? {} : { kill }),
      ...(undoes === undefined ? {} : { settles: true }),
    };
  });
}

/**
 * From wanted changes to everything that a commit writes: validation of what changes and what it touches,
 * service ports, versions, steps, conflicts (api-endpoints.md §1.2, deployments.md §2, §3). Pure, so a lost race is
 * answered by asking again. Takes time in proportion to the changes and what they depend on; to the tree when something
 * is removed or depends on groups.
 */
export function planChange(wanted: readonly WantedChange[], context: ChangeContext): ChangeDecision {
  const { root, running, config, force } = context;
  // What undoes one takes its place.
  if (running.filter(({ id }) => id !== context.undoes).length >= config.maxRunningDeployments) {
    return { ok: false, error: tooManyDeployments(config.maxRunningDeployments) };
  }
  const specs = wanted.filter(isSpec);
  const version = nextVersion(root.version, context.now);
  const toApply = specs.flatMap(({ after, ...spec }): SpecToApply[] =>
    after === undefined ? [] : [{ ...spec, after }],
  );
  const definitions = toApply.map(({ after }) => after);
  const forbidden = [
    ...toApply.flatMap(({ before, after }) => residentChangeViolations(before?.spec, after, force)),
    ...deadlineViolations(definitions),
  ];
  if (forbidden.length > 0) return { ok: false, error: notValid(groupByPath(forbidden)) };
  const applied = applySpecs(toApply, takenPorts(context, specs), version, config);
  if (applied instanceof Error) return { ok: false, error: applied };
  const draft = createTreeDraft(context.entries);
  const refusal = applyTo(draft, wanted, applied);
  if (refusal !== undefined) return refuse(refusal);
  const clashes = volumeNameViolations(
    applied.map(({ entry }) => entry),
    draft.entries.values(),
  );
  if (clashes.length > 0) return { ok: false, error: notValid(groupByPath(clashes)) };
  const { layers, cycle } = layersOfChange(draft.entries, draft.changes.keys());
  if (cycle !== undefined) {
    return refuse(`Dependency graph has cyclic dependencies. One of them: ${cycle.join(' → ')}`);
  }
  const tree = updateTree(root.tree, context.nodes, draft.changes);
  const after = new Map(applied.map(({ entry, stored }) => [entry.id, stored.spec]));
  const steps = planSteps(specChanges(specs, after, context), layers);
  const affected = affectedBy(steps);
  const deadline = chooseDeadline(context.deadline, definitions, config.deploymentDeadline);
  const plan: DeploymentPlan = {
    id: context.deployment,
    version,
    steps,
    affected,
    original: root.tree,
    target: tree.root,
    ...given({ undoes: context.undoes, deadline }),
  };
  const superseded = conflictsOf(affected, running);
  if (superseded.length > 0 && !force) {
    return { ok: false, error: locked(superseded.map(({ id }) => id)), refused: plan };
  }
  const stored = applied.map((one) => one.stored);
  return { ok: true, change: { specs: stored, tree, plan, superseded, after, root: nextRoot(root, plan, superseded) } };
}

/** The root after the commit. A plan without steps is over at once and never among the running. */
function nextRoot(root: Root, plan: DeploymentPlan, superseded: readonly DeploymentPlan[]): Root {
  const seq = root.seq + 1;
  const pushedOut = new Set<string>(superseded.map(({ id }) => id));
  const left = Object.fromEntries(Object.entries(root.running).filter(([id]) => !pushedOut.has(id)));
  const commit = { version: plan.version, tree: plan.target, deployment: plan.id };
  return {
    seq,
    version: plan.version,
    tree: plan.target,
    running: plan.steps.length === 0 ? left : { ...left, [plan.id]: seq },
    recent: [commit, ...root.recent].slice(0, REMEMBERED_COMMITS),
  };
}
