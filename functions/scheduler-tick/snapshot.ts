import pMap from 'p-map';
import { type DeploymentView, type Duty, dutiesOf } from '../../lib/deployment/advance.ts';
import type { RunSpecView } from '../../lib/deployment/plan-moves.ts';
import { StoreUnavailable } from '../../lib/gateways/store.ts';
import type { TreeEntry } from '../../lib/group/tree.ts';
import type { DeploymentState } from '../../lib/model/deployment.ts';
import type { AgentId, DeploymentId } from '../../lib/model/ids.ts';
import type { Instance } from '../../lib/model/instance.ts';
import type { LaunchQueueEntry } from '../../lib/model/launch-queue.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { Root } from '../../lib/model/root.ts';
import type { RunSpec } from '../../lib/model/run-spec.ts';
import { claimsOf } from '../../lib/state/claims.ts';
import type { DirtyMark } from '../../lib/state/coordination.ts';
import type { Versioned } from '../../lib/state/items.ts';
import type { State } from '../../lib/state/state.ts';
import type { Log } from '../runtime/log.ts';
import { currentSpecs } from './current-specs.ts';
import { createQuarantine } from './quarantine.ts';

/** Reads of one kind that go side by side. */
const READS_AT_ONCE = 32;

export interface RunningDeployment extends DeploymentView {
  readonly progress: Versioned<DeploymentState | undefined>;
}

/** A run spec with the revisions that its writes must still find. */
export interface LoadedRunSpec {
  readonly view: RunSpecView;
  readonly entryRev: number;
  /** The view's instances, each with its revision. */
  readonly stored: readonly Versioned<Instance>[];
}

/** What one pass looks at. */
export interface Snapshot {
  readonly root: Versioned<Root>;
  readonly entries: ReadonlyMap<PathId, TreeEntry>;
  readonly deployments: readonly RunningDeployment[];
  readonly dirty: readonly DirtyMark[];
  readonly runSpecs: ReadonlyMap<PathId, LoadedRunSpec>;
  readonly specs: ReadonlyMap<PathId, RunSpec>;
  /** Run specs that could not be read: nothing is decided about them, and they keep what they have. */
  readonly quarantined: ReadonlySet<PathId>;
}

/** What is wanted under one root. */
interface Wanted {
  readonly root: Versioned<Root>;
  readonly entries: ReadonlyMap<PathId, TreeEntry>;
  readonly deployments: readonly RunningDeployment[];
}

/** Deployments whose plan can be read; another one is left as it is, its run specs are held to their definitions. */
async function loadDeployments(state: State, root: Root, log: Log): Promise<readonly RunningDeployment[]> {
  const loaded = await pMap(
    Object.keys(root.running) as DeploymentId[],
    async (id): Promise<RunningDeployment | undefined> => {
      try {
        const [plan, progress] = await Promise.all([state.definitions.getPlan(id), state.definitions.getProgress(id)]);
        if (plan === undefined) throw new Error('it runs, but its plan is gone');
        return { plan, progress, step: progress.value?.step ?? 0 };
      } catch (error) {
        if (error instanceof StoreUnavailable) throw error;
        log.error('deployment quarantined', error, { deployment: id });
        return undefined;
      }
    },
    { concurrency: READS_AT_ONCE },
  );
  return loaded.filter((deployment) => deployment !== undefined);
}

async function loadWanted(state: State, log: Log): Promise<Wanted> {
  const root = await state.definitions.readRoot();
  const [{ entries }, deployments] = await Promise.all([
    state.definitions.loadTree(root.value.tree),
    loadDeployments(state, root.value, log),
  ]);
  return { root, entries, deployments };
}

/** Run specs to look at: marked dirty, held by a deployment, or all of them on a walk. */
async function idsToLookAt(
  state: State,
  walk: boolean,
  { entries, deployments }: Wanted,
  dirty: readonly DirtyMark[],
): Promise<readonly PathId[]> {
  const ids = new Set([...dirty.map(({ runSpec }) => runSpec), ...deployments.flatMap(({ plan }) => plan.affected)]);
  if (walk) {
    for (const entry of entries.values()) if (entry.kind !== 'group') ids.add(entry.id);
    for (const id of await state.instances.listQueue()) ids.add(id);
    // A claim leads to instances that a tick made after the entry of their run spec had gone.
    for (const { claims } of await state.agents.list())
      for (const { runSpec } of claimsOf(claims.value)) ids.add(runSpec);
  }
  return [...ids];
}

/** Works on all ids side by side; those that cannot be read are quarantined and missing from the answer. */
async function readEach<T>(
  ids: Iterable<PathId>,
  quarantine: ReturnType<typeof createQuarantine>,
  read: (id: PathId) => Promise<T>,
): Promise<ReadonlyMap<PathId, T>> {
  const pairs = await pMap(
    ids,
    async (id): Promise<readonly [PathId, T] | undefined> => {
      try {
        return [id, await read(id)];
      } catch (error) {
        return quarantine.add(id, error);
      }
    },
    { concurrency: READS_AT_ONCE },
  );
  return new Map(pairs.filter((pair) => pair !== undefined));
}

function dutyFor(
  id: PathId,
  spec: RunSpec | undefined,
  { locked, duties }: ReturnType<typeof dutiesOf>,
): Duty | undefined {
  const keep: Duty = spec === undefined ? { kind: 'stop' } : { kind: 'keep', count: spec.instances };
  return duties.get(id) ?? (locked.has(id) ? undefined : keep);
}

/**
 * Reads what a pass needs. A run spec that cannot be read is left out and logged; all others go on (principle 11).
 * A run spec's queue entry is read before everything that is decided on: its definition, its deployment's step, its
 * instances. So whoever decides on something newer has replaced the entry, and a decision on an older view is lost
 * (ADR 5). `draining`: agents that are to be emptied.
 */
export async function loadSnapshot(
  state: State,
  walk: boolean,
  log: Log,
  draining: ReadonlySet<AgentId>,
): Promise<Snapshot> {
  const quarantine = createQuarantine(log);
  // Marks before everything else: what they announce is then in what is read after them.
  const dirty = await state.coordination.listDirty();
  const ids = await idsToLookAt(state, walk, await loadWanted(state, log), dirty);
  const queue = await readEach(ids, quarantine, (id) => state.instances.getQueueEntry(id));

  const { root, entries, deployments } = await loadWanted(state, log);
  const current = await currentSpecs(state, entries, queue.keys(), quarantine);
  const specs = new Map([...current].map(([id, { spec }]) => [id, spec]));
  const held = dutiesOf(deployments, specs);

  async function load(id: PathId, entry: Versioned<LaunchQueueEntry> | undefined): Promise<LoadedRunSpec> {
    const stored = await state.instances.list(id);
    const spec = current.get(id);
    const duty = dutyFor(id, spec?.spec, held);
    const view: RunSpecView = {
      id,
      instances: stored.map(({ value }) => value),
      ...(spec === undefined ? {} : { current: spec }),
      ...(entry === undefined ? {} : { entry: entry.value }),
      ...(duty === undefined ? {} : { duty }),
      draining,
    };
    return { view, entryRev: entry?.rev ?? 0, stored };
  }
  const readable = [...queue.keys()].filter((id) => !quarantine.ids.has(id));
  const runSpecs = await readEach(readable, quarantine, (id) => load(id, queue.get(id)));
  return { root, entries, deployments, dirty, specs, runSpecs, quarantined: quarantine.ids };
}
