import type { DeploymentPlan } from '../../lib/model/deployment.ts';
import type { DeploymentId } from '../../lib/model/ids.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { CurrentSpec, Root } from '../../lib/model/root.ts';
import type { LoadedTree } from '../../lib/state/definitions.ts';
import type { Versioned } from '../../lib/state/items.ts';
import type { State } from '../../lib/state/state.ts';

/** The definitions under one root: one consistent tree (design §4). */
export interface DefinitionsView {
  readonly root: Versioned<Root>;
  readonly tree: LoadedTree;
  find(id: PathId): Promise<CurrentSpec | undefined>;
  /** All apps, or those of the ids given that exist, in order of their ids. */
  list(ids?: ReadonlySet<PathId>): Promise<readonly CurrentSpec[]>;
  runningPlans(): Promise<readonly DeploymentPlan[]>;
}

/** Reads the present root and its tree; specs and plans come when they are asked for. */
export async function loadDefinitions(state: State): Promise<DefinitionsView> {
  const root = await state.definitions.readRoot();
  const tree = await state.definitions.loadTree(root.value.tree);

  async function list(ids?: ReadonlySet<PathId>): Promise<readonly CurrentSpec[]> {
    const apps = [...tree.entries.values()].flatMap((entry) =>
      entry.kind === 'app' && (ids === undefined || ids.has(entry.id)) ? [entry] : [],
    );
    const specs = await state.definitions.getSpecs(apps.map(({ spec }) => spec));
    return apps
      .map(({ id, spec: hash }) => {
        const stored = specs.get(hash);
        if (stored === undefined) throw new Error(`the definition of ${id} is gone (${hash})`);
        return { ...stored, id, hash };
      })
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  return {
    root,
    tree,
    list,
    async find(id) {
      const [found] = await list(new Set([id]));
      return found;
    },
    async runningPlans() {
      const plans = await Promise.all(
        (Object.keys(root.value.running) as DeploymentId[]).map((id) => state.definitions.getPlan(id)),
      );
      return plans.filter((plan) => plan !== undefined);
    },
  };
}
