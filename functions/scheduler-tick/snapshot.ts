import pMap from 'p-map';
import { type DeploymentView, dutiesOf } from '../../lib/deployment/advance.ts';
import type { RunSpecView } from '../../lib/deployment/plan-moves.ts';
import type { TreeEntry } from '../../lib/group/tree.ts';
import type { DeploymentState } from '../../lib/model/deployment.ts';
import type { DeploymentId, InstanceId } from '../../lib/model/ids.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { CurrentSpec, Root } from '../../lib/model/root.ts';
import type { RunSpec } from '../../lib/model/run-spec.ts';
import type { DirtyMark } from '../../lib/state/coordination.ts';
import type { Versioned } from '../../lib/state/items.ts';
import type { State } from '../../lib/state/state.ts';
import type { Log } from '../runtime/log.ts';

/** Reads of one kind that go side by side. */
const READS_AT_ONCE = 32;

export interface RunningDeployment extends DeploymentView {
  readonly progress: Versioned<DeploymentState | undefined>;
}

/** A run spec with the revisions that its writes must still find. */
export interface LoadedRunSpec {
  readonly view: RunSpecView;
  readonly entryRev: number;
  readonly revs: ReadonlyMap<InstanceId, number>;
}

/** What one pass looks at. Queue entries are read before the instances they decide on (ADR 5). */
export interface Snapshot {
  readonly root: Versioned<Root>;
  readonly entries: ReadonlyMap<PathId, TreeEntry>;
  readonly deployments: readonly RunningDeployment[];
  readonly dirty: readonly DirtyMark[];
  readonly runSpecs: ReadonlyMap<PathId, LoadedRunSpec>;
  readonly specs: ReadonlyMap<PathId, RunSpec>;
}

async function loadDeployments(state: State, root: Root): Promise<readonly RunningDeployment[]> {
  const loaded = await pMap(
    Object.keys(root.running) as DeploymentId[],
    async (id): Promise<RunningDeployment | undefined> => {
      const [plan, progress] = await Promise.all([state.definitions.getPlan(id), state.definitions.getProgress(id)]);
      if (plan === undefined) throw new Error(`deployment ${id} runs, but its plan is gone`);
      return { plan, progress, step: progress.value?.step ?? 0 };
    },
    { concurrency: READS_AT_ONCE },
  );
  return loaded.filter((deployment) => deployment !== undefined);
}

async function currentSpecs(
  state: State,
  entries: ReadonlyMap<PathId, TreeEntry>,
  ids: ReadonlySet<PathId>,
): Promise<ReadonlyMap<PathId, CurrentSpec>> {
  const apps = [...ids].flatMap((id) => {
    const entry = entries.get(id);
    return entry?.kind === 'app' ? [entry] : [];
  });
  const stored = await state.definitions.getSpecs(apps.map((entry) => entry.spec));
  const found = new Map<PathId, CurrentSpec>();
  for (const { id, spec: hash } of apps) {
    const spec = stored.get(hash);
    if (spec !== undefined) found.set(id, { ...spec, id, hash });
  }
  return found;
}

/** Run specs to look at: marked dirty, held by a deployment, or all of them on a walk. */
async function wantedIds(
  state: State,
  walk: boolean,
  entries: ReadonlyMap<PathId, TreeEntry>,
  deployments: readonly RunningDeployment[],
  dirty: readonly DirtyMark[],
): Promise<ReadonlySet<PathId>> {
  const ids = new Set([...dirty.map(({ runSpec }) => runSpec), ...deployments.flatMap(({ plan }) => plan.affected)]);
  if (walk) {
    for (const entry of entries.values()) if (entry.kind === 'app') ids.add(entry.id);
    for (const { value } of await state.instances.listQueue()) ids.add(value.runSpec);
  }
  return ids;
}

/** Reads what a pass needs. A run spec that cannot be read is left out and logged; all others go on (principle 11). */
export async function loadSnapshot(state: State, walk: boolean, log: Log): Promise<Snapshot> {
  // Marks before everything else: what they announce is then in what is read after them.
  const dirty = await state.coordination.listDirty();
  const root = await state.definitions.readRoot();
  const [{ entries }, deployments] = await Promise.all([
    state.definitions.loadTree(root.value.tree),
    loadDeployments(state, root.value),
  ]);
  const ids = await wantedIds(state, walk, entries, deployments, dirty);
  const current = await currentSpecs(state, entries, ids);
  const specs = new Map([...current].map(([id, { spec }]) => [id, spec]));
  const { locked, duties } = dutiesOf(deployments, specs);

  const load = async (id: PathId): Promise<readonly [PathId, LoadedRunSpec] | undefined> => {
    try {
      const entry = await state.instances.getQueueEntry(id);
      const instances = await state.instances.list(id);
      const spec = current.get(id);
      if (spec === undefined && entries.get(id)?.kind === 'app') throw new Error('its definition is gone');
      const keep =
        spec === undefined ? ({ kind: 'stop' } as const) : { kind: 'keep' as const, count: spec.spec.instances };
      const duty = duties.get(id) ?? (locked.has(id) ? undefined : keep);
      const view: RunSpecView = {
        id,
        instances: instances.map(({ value }) => value),
        ...(spec === undefined ? {} : { current: spec }),
        ...(entry === undefined ? {} : { entry: entry.value }),
        ...(duty === undefined ? {} : { duty }),
      };
      return [
        id,
        { view, entryRev: entry?.rev ?? 0, revs: new Map(instances.map(({ value, rev }) => [value.id, rev])) },
      ];
    } catch (error) {
      log.error('run spec quarantined', error, { runSpec: id });
      return undefined;
    }
  };
  const loaded = await pMap([...ids], load, { concurrency: READS_AT_ONCE });
  return { root, entries, deployments, dirty, specs, runSpecs: new Map(loaded.filter((pair) => pair !== undefined)) };
}
