import type { Store } from '../gateways/store.ts';
import { EMPTY_TREE, missingNodes, type TreeEntry, type TreeNode, treeEntries } from '../group/tree.ts';
import { contentHash } from '../model/content-hash.ts';
import type { DeploymentPlan, DeploymentState } from '../model/deployment.ts';
import type { ContentHash, DeploymentId } from '../model/ids.ts';
import type { Outbox } from '../model/outbox.ts';
import type { PathId } from '../model/path-id.ts';
import type { Root, StoredSpec } from '../model/root.ts';
import { toTimestamp } from '../model/timestamp.ts';
import { decodeItem, encodeItem, replaceItem, type Versioned } from './items.ts';
import type { StateKeys } from './keys.ts';
import { LruMap } from './lru-map.ts';

/** Kept in memory by a warm function: a few times what one scheduler holds. */
const CACHED_SPECS = 20_000;
const CACHED_PLANS = 1_000;

const NO_ROOT: Versioned<Root> = {
  value: { seq: 0, version: toTimestamp(0), tree: EMPTY_TREE, running: {}, recent: [] },
  rev: 0,
};

export interface LoadedTree {
  readonly hash: ContentHash;
  readonly nodes: ReadonlyMap<ContentHash, TreeNode>;
  readonly entries: ReadonlyMap<PathId, TreeEntry>;
}

/** What is wanted: run specs, tree nodes and plans (immutable, cached for ever) and the root that makes them count. */
export function createDefinitions(store: Store, keys: StateKeys) {
  const specs = new LruMap<ContentHash, StoredSpec>(CACHED_SPECS);
  const plans = new LruMap<DeploymentId, DeploymentPlan>(CACHED_PLANS);
  let tree: LoadedTree = { hash: EMPTY_TREE, nodes: new Map(), entries: new Map() };

  async function readRoot(): Promise<Versioned<Root>> {
    const item = await store.get(keys.root);
    return item === undefined ? NO_ROOT : decodeItem<Root>(item, 'root');
  }

  /** The whole tree under a hash; only nodes that were not read before are read. Throws when one is gone. */
  async function loadTree(hash: ContentHash): Promise<LoadedTree> {
    if (tree.hash === hash) return tree;
    const nodes = new Map(tree.nodes);
    for (let missing = missingNodes(hash, nodes); missing.length > 0; missing = missingNodes(hash, nodes)) {
      const items = await store.getMany(missing.map(keys.node));
      if (items.length < missing.length)
        throw new Error(`tree ${hash}: ${missing.length - items.length} nodes are gone`);
      for (const item of items) {
        const node = decodeItem<TreeNode>(item, 'node').value;
        nodes.set(contentHash(node), node);
      }
    }
    const loaded = { hash, nodes, entries: treeEntries(hash, nodes) };
    tree = { ...loaded, nodes: reachable(hash, nodes) };
    return loaded;
  }

  async function getSpecs(hashes: readonly ContentHash[]): Promise<ReadonlyMap<ContentHash, StoredSpec>> {
    const found = new Map<ContentHash, StoredSpec>();
    const missing: ContentHash[] = [];
    for (const hash of new Set(hashes)) {
      const cached = specs.get(hash);
      if (cached === undefined) missing.push(hash);
      else found.set(hash, cached);
    }
    for (const item of await store.getMany(missing.map(keys.spec))) {
      const spec = decodeItem<StoredSpec>(item, 'spec').value;
      const hash = contentHash(spec);
      specs.set(hash, spec);
      found.set(hash, spec);
    }
    return found;
  }

  async function getPlan(id: DeploymentId): Promise<DeploymentPlan | undefined> {
    const cached = plans.get(id);
    if (cached !== undefined) return cached;
    const item = await store.get(keys.plan(id));
    if (item === undefined) return undefined;
    const plan = decodeItem<DeploymentPlan>(item, 'plan').value;
    plans.set(id, plan);
    return plan;
  }

  /** Progress of a plan; revision 0 and step 0 before the first write. */
  async function getProgress(id: DeploymentId): Promise<Versioned<DeploymentState | undefined>> {
    const item = await store.get(keys.progress(id));
    return item === undefined ? { value: undefined, rev: 0 } : decodeItem<DeploymentState>(item, 'progress');
  }

  return {
    readRoot,
    loadTree,
    getSpecs,
    getPlan,
    getProgress,
    /** The commit: false when another writer was first. */
    swapRoot: (root: Root, rev: number, outbox: Outbox): Promise<boolean> =>
      replaceItem(store, keys.root, 'root', root, rev, outbox),
    /** Immutable items are always written again: it costs nothing in meaning and refreshes their date (design §4). */
    async putSpec(spec: StoredSpec): Promise<ContentHash> {
      const hash = contentHash(spec);
      await store.put(encodeItem(keys.spec(hash), 'spec', spec, 1));
      specs.set(hash, spec);
      return hash;
    },
    putNode: (hash: ContentHash, node: TreeNode): Promise<boolean> =>
      store.put(encodeItem(keys.node(hash), 'node', node, 1)),
    putPlan: (plan: DeploymentPlan): Promise<boolean> => store.put(encodeItem(keys.plan(plan.id), 'plan', plan, 1)),
    putProgress: (id: DeploymentId, state: DeploymentState, rev: number, outbox: Outbox): Promise<boolean> =>
      replaceItem(store, keys.progress(id), 'progress', state, rev, outbox),
  };
}

/** Drops cached nodes that the present tree does not use, so that the cache stays as large as one tree. */
function reachable(root: ContentHash, nodes: ReadonlyMap<ContentHash, TreeNode>): ReadonlyMap<ContentHash, TreeNode> {
  const kept = new Map<ContentHash, TreeNode>();
  const visit = (hash: ContentHash): void => {
    const node = nodes.get(hash);
    if (node === undefined) return;
    kept.set(hash, node);
    if (node.kind === 'branch') for (const child of node.children) if (child !== null) visit(child.hash);
  };
  visit(root);
  return kept;
}
