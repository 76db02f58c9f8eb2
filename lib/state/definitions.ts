import type { Item, Store } from '../gateways/store.ts';
import { childrenOf, EMPTY_TREE, stepTowards, type TreeEntry, type TreeNode } from '../group/tree.ts';
import { TreeEntries } from '../group/tree-entries.ts';
import { contentHash } from '../model/content-hash.ts';
import type { DeploymentPlan, DeploymentState } from '../model/deployment.ts';
import type { ContentHash, DeploymentId } from '../model/ids.ts';
import type { Outbox } from '../model/outbox.ts';
import type { PathId } from '../model/path-id.ts';
import type { Root, StoredSpec } from '../model/root.ts';
import { toTimestamp } from '../model/timestamp.ts';
import { decodeItem, type Versioned } from './items.ts';
import type { StateKeys } from './keys.ts';
import { LruMap } from './lru-map.ts';
import { replaceItem } from './replace-item.ts';
import { putValue, readValue } from './values.ts';

/** Kept in memory by a warm function: a few times what one scheduler holds. */
const CACHED_SPECS = 20_000;
const CACHED_PLANS = 1_000;
/** A tree of 10,000 apps has about 300. */
const CACHED_NODES = 4_000;
/** The present tree, and one that a reader of old versions looks at. */
const CACHED_TREES = 2;

/** What is decoded of the root's item. */
const ROOT_ATTRIBUTES = ['rev', 'type', 'format', 'data'] as const;

const NO_ROOT: Versioned<Root> = {
  value: { seq: 0, version: toTimestamp(0), tree: EMPTY_TREE, running: {}, recent: [] },
  rev: 0,
};

export interface LoadedTree {
  readonly hash: ContentHash;
  /** Its own, and some of other trees. */
  readonly nodes: ReadonlyMap<ContentHash, TreeNode>;
  readonly entries: ReadonlyMap<PathId, TreeEntry>;
}

/** What is wanted: run specs, tree nodes and plans (immutable, cached for ever) and the root that makes them count. */
export function createDefinitions(store: Store, keys: StateKeys) {
  const specs = new LruMap<ContentHash, StoredSpec>(CACHED_SPECS);
  const plans = new LruMap<DeploymentId, DeploymentPlan>(CACHED_PLANS);
  const cachedNodes = new LruMap<ContentHash, TreeNode>(CACHED_NODES);
  const trees = new LruMap<ContentHash, LoadedTree>(CACHED_TREES);
  /** Nodes of loaded trees, each with all nodes below it: what a tree shares with another need not be walked again. */
  let whole = new Map<ContentHash, TreeNode>();
  /** The last root that was read, decoded: most reads find it again. */
  let latest: { readonly item: Item; readonly root: Versioned<Root> } | undefined;

  async function readRoot(): Promise<Versioned<Root>> {
    const item = await store.get(keys.root);
    if (item === undefined) return NO_ROOT;
    const isKnown = latest !== undefined && ROOT_ATTRIBUTES.every((name) => item[name] === latest?.item[name]);
    if (latest === undefined || !isKnown) latest = { item, root: decodeItem<Root>(item, 'root') };
    return latest.root;
  }

  /** Nodes by hash, read where they are not cached. Throws when one is gone. */
  async function getNodes(hashes: readonly ContentHash[]): Promise<ReadonlyMap<ContentHash, TreeNode>> {
    const nodes = new Map<ContentHash, TreeNode>();
    const missing = new Map<string, ContentHash>();
    for (const hash of hashes) {
      const cached = cachedNodes.get(hash);
      if (cached === undefined) missing.set(keys.node(hash).pk, hash);
      else nodes.set(hash, cached);
    }
    const items = await store.getMany([...missing.values()].map(keys.node));
    if (items.length < missing.size) throw new Error(`${missing.size - items.length} nodes of the group tree are gone`);
    for (const item of items) {
      const node = await readValue<TreeNode>(store, item, 'node');
      const hash = missing.get(item.pk) ?? contentHash(node);
      cachedNodes.set(hash, node);
      nodes.set(hash, node);
    }
    return nodes;
  }

  /**
   * The whole tree under a hash. Takes time, and reads, in proportion to what it does not share with the trees that
   * were loaded before. Throws when a node is gone.
   */
  async function loadTree(hash: ContentHash): Promise<LoadedTree> {
    const known = trees.get(hash);
    if (known !== undefined) return known;
    if (whole.size > CACHED_NODES) whole = new Map();
    const nodes = whole;
    const missing = (children: readonly ContentHash[]) => children.filter((child) => !nodes.has(child));
    const found = new Map<ContentHash, TreeNode>();
    for (let level = hash === EMPTY_TREE ? [] : missing([hash]); level.length > 0; ) {
      const read = await getNodes(level);
      for (const [key, node] of read) found.set(key, node);
      level = missing([...read.values()].flatMap(childrenOf));
    }
    // All at once, since a node stands for everything below it.
    for (const [key, node] of found) nodes.set(key, node);
    const loaded = { hash, nodes, entries: new TreeEntries(hash, nodes) };
    trees.set(hash, loaded);
    return loaded;
  }

  /** One id of the tree under a hash; reads the nodes on its way alone. */
  async function findEntry(tree: ContentHash, id: PathId): Promise<TreeEntry | undefined> {
    const known = trees.get(tree);
    if (known !== undefined) return known.entries.get(id);
    let next: TreeEntry | ContentHash | undefined = tree === EMPTY_TREE ? undefined : tree;
    for (let depth = 0; typeof next === 'string'; depth += 1) {
      const node = (await getNodes([next])).get(next);
      next = node === undefined ? undefined : stepTowards(id, node, depth);
    }
    return next;
  }

  async function getSpecs(hashes: readonly ContentHash[]): Promise<ReadonlyMap<ContentHash, StoredSpec>> {
    const found = new Map<ContentHash, StoredSpec>();
    const missing = new Map<string, ContentHash>();
    for (const hash of new Set(hashes)) {
      const cached = specs.get(hash);
      if (cached === undefined) missing.set(keys.spec(hash).pk, hash);
      else found.set(hash, cached);
    }
    for (const item of await store.getMany([...missing.values()].map(keys.spec))) {
      const spec = await readValue<StoredSpec>(store, item, 'spec');
      const hash = missing.get(item.pk) ?? contentHash(spec);
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
    const plan = await readValue<DeploymentPlan>(store, item, 'plan');
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
    findEntry,
    getSpecs,
    getPlan,
    getProgress,
    /** The commit: false when another writer was first. */
    swapRoot: (root: Root, rev: number, outbox: Outbox): Promise<boolean> =>
      replaceItem(store, keys.root, 'root', root, rev, outbox),
    /** Immutable items are always written again: it costs nothing in meaning and refreshes their date (design §4). */
    async putSpec(spec: StoredSpec): Promise<ContentHash> {
      const hash = contentHash(spec);
      await putValue(store, keys.spec(hash), 'spec', spec);
      specs.set(hash, spec);
      return hash;
    },
    async putNode(hash: ContentHash, node: TreeNode): Promise<void> {
      await putValue(store, keys.node(hash), 'node', node);
      cachedNodes.set(hash, node);
    },
    putPlan: (plan: DeploymentPlan): Promise<boolean> => putValue(store, keys.plan(plan.id), 'plan', plan),
    putProgress: (id: DeploymentId, state: DeploymentState, rev: number, outbox: Outbox): Promise<boolean> =>
      replaceItem(store, keys.progress(id), 'progress', state, rev, outbox),
  };
}
