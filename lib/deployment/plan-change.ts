import type { AppError } from '../errors/app-error.ts';
import { bodyTooLarge, illegalArgument, locked, notValid, tooManyDeployments } from '../errors/catalogue.ts';
import { dependencyGraph, dependencyLayers } from '../group/dependencies.ts';
import { assignServicePorts } from '../group/service-ports.ts';
import { type TreeEntry, type TreeNodes, type UpdatedTree, updateTree } from '../group/tree.ts';
import { versioned } from '../group/versioning.ts';
import type { SchedulerConfig } from '../model/config.ts';
import { contentHash } from '../model/content-hash.ts';
import type { DeploymentPlan } from '../model/deployment.ts';
import type { DeploymentId, InstanceId } from '../model/ids.ts';
import { ancestorsOf, isWithin, type PathId, ROOT_ID } from '../model/path-id.ts';
import type { CurrentSpec, Root, StoredSpec } from '../model/root.ts';
import type { RunSpec, RunSpecDefinition } from '../model/run-spec.ts';
import { type Instant, nextVersion } from '../model/timestamp.ts';
import { conflictsOf } from './conflicts.ts';
import { affectedBy, planSteps, type SpecChange } from './plan.ts';

/** Commits that the root remembers (design §4). */
const REMEMBERED_COMMITS = 64;
/** Bytes of JSON of one stored definition: item, announcement and root stay below DynamoDB's 400 KB. */
const MAX_DEFINITION_BYTES = 180_000;

/** What a writer wants of one app or pod. */
export interface WantedChange {
  readonly id: PathId;
  readonly before?: CurrentSpec;
  /** Absent: removed. */
  readonly after?: RunSpecDefinition;
  /** Replace all instances although nothing differs. */
  readonly restart?: boolean;
  /** Instances that go with a lower number of instances, instead of those that kill selection would choose. */
  readonly kill?: readonly InstanceId[];
}

export interface ChangeContext {
  readonly root: Root;
  readonly entries: ReadonlyMap<PathId, TreeEntry>;
  readonly nodes: TreeNodes;
  /** Plans of `root.running`. */
  readonly running: readonly DeploymentPlan[];
  readonly deployment: DeploymentId;
  readonly force: boolean;
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
  | { readonly ok: false; readonly error: AppError };

/** The definition with its service ports, in the order in which `servicePortsOf` gave them. */
function withServicePorts(app: RunSpecDefinition, ports: readonly number[]): RunSpecDefinition {
  if (app.kind === 'pod') return app;
  const at = (index: number): number => ports[index] ?? 0;
  const mappings = app.container?.portMappings;
  if (app.container !== undefined && mappings !== undefined) {
    const portMappings = mappings.map((mapping, index) => ({ ...mapping, servicePort: at(index) }));
    return { ...app, container: { ...app.container, portMappings } };
  }
  return { ...app, portDefinitions: app.portDefinitions.map((port, index) => ({ ...port, port: at(index) })) };
}

/** Pods have none. */
function servicePortsOf(app: RunSpecDefinition): readonly number[] {
  if (app.kind === 'pod') return [];
  return (
    app.container?.portMappings?.map((mapping) => mapping.servicePort) ?? app.portDefinitions.map(({ port }) => port)
  );
}

const SAME_AS_GROUP = {
  app: 'Groups and Applications may not have the same identifier.',
  pod: 'Groups and Pods may not have the same identifier.',
} as const;

/** An id is an app, a pod, or a group with content, never two of them (api-endpoints.md §1.4). */
function idConflict({ id, kind }: RunSpecDefinition, entries: ReadonlyMap<PathId, TreeEntry>): AppError | undefined {
  const specs = [...entries.values()].filter((entry) => entry.kind !== 'group');
  if (specs.some((entry) => entry.id === id && entry.kind !== kind)) {
    return notValid([{ path: '/', errors: ['Applications and Pods may not share the same id'] }]);
  }
  const isGroup = specs.some((entry) => entry.id !== id && isWithin(entry.id, id));
  const above = new Set(ancestorsOf(id));
  const asGroup = isGroup ? kind : specs.find((entry) => above.has(entry.id))?.kind;
  return asGroup === undefined ? undefined : notValid([{ path: '/id', errors: [SAME_AS_GROUP[asGroup]] }]);
}

interface Applied {
  readonly stored: StoredSpec;
  readonly spec: RunSpec;
}

/** One changed run spec with ports, version and history; or why it cannot be. */
function applyChange(
  { id, before, restart = false }: WantedChange,
  wanted: RunSpecDefinition,
  entries: ReadonlyMap<PathId, TreeEntry>,
  context: ChangeContext,
): Applied | AppError {
  const { config, root, now } = context;
  const used = new Set(
    [...entries.values()].flatMap((entry) => (entry.kind !== 'group' && entry.id !== id ? entry.servicePorts : [])),
  );
  const previous = before === undefined ? [] : servicePortsOf(before.spec);
  const ports = assignServicePorts(servicePortsOf(wanted), previous, used, config.servicePorts);
  if (ports === undefined) {
    const { begin, end } = config.servicePorts;
    return illegalArgument(`All ports in the range [${begin}-${end}) are already in use`);
  }
  const spec = versioned(before?.spec, withServicePorts(wanted, ports), nextVersion(root.version, now), restart);
  const unchanged = before !== undefined && spec.version === before.spec.version;
  const former = before === undefined ? [] : [{ version: before.spec.version, hash: before.hash }, ...before.former];
  const stored: StoredSpec = unchanged
    ? { spec: before.spec, former: before.former }
    : { spec, former: former.slice(0, config.maxVersions) };
  return new TextEncoder().encode(JSON.stringify(stored.spec)).length > MAX_DEFINITION_BYTES
    ? bodyTooLarge('The definition', MAX_DEFINITION_BYTES, 'bytes')
    : { stored, spec: stored.spec };
}

/**
 * A change's effect on the tree: the entry of the run spec, and of groups above it that do not exist yet. A group
 * without content gives way to an app or pod of its id, with the groups below it.
 */
function changedEntries(id: PathId, applied: Applied | undefined, entries: ReadonlyMap<PathId, TreeEntry>) {
  const changes = new Map<PathId, TreeEntry | null>();
  if (applied === undefined) return changes.set(id, null);
  const { spec, stored } = applied;
  const isNew = entries.get(id)?.kind !== spec.kind;
  for (const below of isNew ? entries.keys() : []) if (below !== id && isWithin(below, id)) changes.set(below, null);
  changes.set(id, {
    kind: spec.kind,
    id,
    spec: contentHash(stored),
    version: spec.version,
    servicePorts: servicePortsOf(spec),
    dependencies: spec.dependencies,
  });
  for (const group of ancestorsOf(id)) {
    if (group !== ROOT_ID && !entries.has(group)) changes.set(group, { kind: 'group', id: group, dependencies: [] });
  }
  return changes;
}

/**
 * From wanted changes to everything that a commit writes: validation over the whole tree, service ports, versions,
 * steps, conflicts (api-endpoints.md §1.2, deployments.md §2, §3). Pure, so a lost race is answered by asking again.
 */
export function planChange(wanted: readonly WantedChange[], context: ChangeContext): ChangeDecision {
  const { root, running, config, force } = context;
  if (running.length >= config.maxRunningDeployments) {
    return { ok: false, error: tooManyDeployments(config.maxRunningDeployments) };
  }
  const entries = new Map(context.entries);
  const treeChanges = new Map<PathId, TreeEntry | null>();
  const specs: StoredSpec[] = [];
  const after = new Map<PathId, RunSpec>();
  const changes: SpecChange[] = [];
  for (const change of wanted) {
    const { id, before } = change;
    const conflict = change.after === undefined || before !== undefined ? undefined : idConflict(change.after, entries);
    if (conflict !== undefined) return { ok: false, error: conflict };
    const applied = change.after === undefined ? undefined : applyChange(change, change.after, entries, context);
    if (applied instanceof Error) return { ok: false, error: applied };
    if (applied !== undefined) {
      specs.push(applied.stored);
      after.set(id, applied.spec);
    }
    for (const [key, entry] of changedEntries(id, applied, entries)) {
      treeChanges.set(key, entry);
      if (entry === null) entries.delete(key);
      else entries.set(key, entry);
    }
    changes.push({
      id,
      ...(before === undefined ? {} : { before: before.spec }),
      ...(applied === undefined ? {} : { after: applied.spec }),
      ...(change.kill === undefined ? {} : { kill: change.kill }),
    });
  }
  const { cycle } = dependencyLayers(dependencyGraph(entries));
  if (cycle !== undefined) {
    const text = `Dependency graph has cyclic dependencies. One of them: ${cycle.join(' → ')}`;
    return { ok: false, error: notValid([{ path: '/', errors: [text] }]) };
  }
  const tree = updateTree(root.tree, context.nodes, treeChanges);
  const steps = planSteps(changes, entries);
  const version = nextVersion(root.version, context.now);
  const affected = affectedBy(steps);
  const plan: DeploymentPlan = {
    id: context.deployment,
    version,
    steps,
    affected,
    original: root.tree,
    target: tree.root,
  };
  const superseded = conflictsOf(affected, running);
  if (superseded.length > 0 && !force) return { ok: false, error: locked(superseded.map(({ id }) => id)) };
  return { ok: true, change: { specs, tree, plan, superseded, after, root: nextRoot(root, plan, superseded) } };
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
