import { enforcesRole } from '../../../lib/group/enforces-role.ts';
import type { SpecEntry } from '../../../lib/group/tree.ts';
import type { DeploymentPlan } from '../../../lib/model/deployment.ts';
import type { DeploymentId } from '../../../lib/model/ids.ts';
import type { PathId } from '../../../lib/model/path-id.ts';
import type { CurrentSpec, Root, StoredSpec } from '../../../lib/model/root.ts';
import type { AppSpec, PodSpec, RunSpec } from '../../../lib/model/run-spec.ts';
import type { LoadedTree } from '../../../lib/state/definitions.ts';
import type { Versioned } from '../../../lib/state/items.ts';
import type { State } from '../../../lib/state/state.ts';

/** The definitions under one root: one consistent tree (design §4). */
export interface DefinitionsView {
  readonly root: Versioned<Root>;
  readonly tree: LoadedTree;
  findApp(id: PathId): Promise<CurrentSpec<AppSpec> | undefined>;
  findPod(id: PathId): Promise<CurrentSpec<PodSpec> | undefined>;
  /** All apps, or those of the ids given that exist, in order of their ids. */
  listApps(ids?: ReadonlySet<PathId>): Promise<readonly CurrentSpec<AppSpec>[]>;
  /** The same for pods. */
  listPods(ids?: ReadonlySet<PathId>): Promise<readonly CurrentSpec<PodSpec>[]>;
  runningPlans(): Promise<readonly DeploymentPlan[]>;
  /** Whether the top-level group of an app or pod makes its name the role of all below. */
  enforcesRole(id: PathId): boolean;
}

const isApp = (stored: StoredSpec): stored is StoredSpec<AppSpec> => stored.spec.kind === 'app';
const isPod = (stored: StoredSpec): stored is StoredSpec<PodSpec> => stored.spec.kind === 'pod';

/** All apps of trees that are still loaded: the specs under one tree never change. */
const appsOfTrees = new WeakMap<LoadedTree, readonly CurrentSpec<AppSpec>[]>();

/** Reads the present root and its tree; specs and plans come when they are asked for. */
export async function loadDefinitions(state: State): Promise<DefinitionsView> {
  const root = await state.definitions.readRoot();
  const tree = await state.definitions.loadTree(root.value.tree);

  async function list<S extends RunSpec>(
    isWanted: (stored: StoredSpec) => stored is StoredSpec<S>,
    entries: readonly SpecEntry[],
  ): Promise<readonly CurrentSpec<S>[]> {
    const specs = await state.definitions.getSpecs(entries.map(({ spec }) => spec));
    return entries
      .map(({ id, spec: hash }) => {
        const stored = specs.get(hash);
        if (stored === undefined || !isWanted(stored)) throw new Error(`the definition of ${id} is gone (${hash})`);
        return { ...stored, id, hash };
      })
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  function entriesOf(kind: SpecEntry['kind'], ids?: ReadonlySet<PathId>): readonly SpecEntry[] {
    const among = ids === undefined ? tree.entries.values() : [...ids].map((id) => tree.entries.get(id));
    return [...among].flatMap((entry) => (entry?.kind === kind ? [entry] : []));
  }
  const listApps: DefinitionsView['listApps'] = async (ids) => {
    if (ids !== undefined) return list(isApp, entriesOf('app', ids));
    const apps = appsOfTrees.get(tree) ?? (await list(isApp, entriesOf('app')));
    appsOfTrees.set(tree, apps);
    return apps;
  };
  const listPods: DefinitionsView['listPods'] = (ids) => list(isPod, entriesOf('pod', ids));

  return {
    root,
    tree,
    listApps,
    listPods,
    findApp: async (id) => (await listApps(new Set([id])))[0],
    findPod: async (id) => (await listPods(new Set([id])))[0],
    enforcesRole: (id) => enforcesRole(tree.entries, id),
    async runningPlans() {
      const plans = await Promise.all(
        (Object.keys(root.value.running) as DeploymentId[]).map((id) => state.definitions.getPlan(id)),
      );
      return plans.filter((plan) => plan !== undefined);
    },
  };
}
