import { contentHash } from '../model/content-hash.ts';
import type { ContentHash } from '../model/ids.ts';
import type { PathId } from '../model/path-id.ts';
import type { Timestamp } from '../model/timestamp.ts';
import type { VolumeName } from './volume-names.ts';

/** A leaf of more than this many characters of JSON is split (design §4: nodes of at most 64 KB). */
const MAX_LEAF_SIZE = 48 * 1024;
const FAN_OUT = 16;

interface SpecEntryFields {
  readonly id: PathId;
  readonly spec: ContentHash;
  readonly version: Timestamp;
  /** None for a pod. */
  readonly servicePorts: readonly number[];
  readonly dependencies: readonly PathId[];
  /** External volumes that no other app may have; absent when there are none. */
  readonly volumes?: readonly VolumeName[];
}

interface AppEntry extends SpecEntryFields {
  readonly kind: 'app';
}

interface PodEntry extends SpecEntryFields {
  readonly kind: 'pod';
}

export type SpecEntry = AppEntry | PodEntry;

export interface GroupEntry {
  readonly kind: 'group';
  readonly id: PathId;
  readonly dependencies: readonly PathId[];
  /** Top-level groups only: apps below must have the group's name as their role. Absent: false. */
  readonly enforceRole?: boolean;
}

/** One id of the group tree. The root group has an entry only when it carries data of its own. */
export type TreeEntry = SpecEntry | GroupEntry;

/** `size`: characters of JSON of all entries below, so that a merge is decided without reading the siblings. */
interface TreeChild {
  readonly hash: ContentHash;
  readonly size: number;
}

/**
 * A node of the persistent, content-addressed group tree: entries are spread by the hash of their id. The shape
 * depends on the set of entries only, never on the order of changes, so equal trees have equal hashes.
 */
export type TreeNode =
  | { readonly kind: 'leaf'; readonly entries: readonly TreeEntry[] }
  | { readonly kind: 'branch'; readonly children: readonly (TreeChild | null)[] };

export type TreeNodes = ReadonlyMap<ContentHash, TreeNode>;

const EMPTY_NODE: TreeNode = { kind: 'leaf', entries: [] };
/** The tree without entries; never stored. */
export const EMPTY_TREE: ContentHash = contentHash(EMPTY_NODE);

const sizeOf = (entry: TreeEntry): number => JSON.stringify(entry).length;
/** Where an id goes at each depth. */
const slotsOf = (id: PathId) => {
  const digits = contentHash(id);
  return (depth: number): number => Number.parseInt(digits.charAt(depth), FAN_OUT);
};
const slotOf = (id: PathId, depth: number): number => slotsOf(id)(depth);

/** A node by its hash. Throws when it is not among those loaded. */
export function nodeAt(nodes: TreeNodes, hash: ContentHash): TreeNode {
  if (hash === EMPTY_TREE) return EMPTY_NODE;
  const node = nodes.get(hash);
  if (node === undefined) throw new Error(`tree node ${hash} is not loaded`);
  return node;
}

/** The hashes of the nodes right below a node. */
export function childrenOf(node: TreeNode): readonly ContentHash[] {
  return node.kind === 'leaf' ? [] : node.children.flatMap((child) => (child === null ? [] : [child.hash]));
}

/** The entry of an id in a leaf, whose entries are in the order of their ids. */
function entryIn(entries: readonly TreeEntry[], id: PathId): TreeEntry | undefined {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry === undefined || entry.id === id) return entry;
    if (entry.id < id) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

/** Where an id is, seen from a node at a depth (the root has 0): its entry, the node to go on with, or nowhere. */
export function stepTowards(id: PathId, node: TreeNode, depth: number): TreeEntry | ContentHash | undefined {
  return node.kind === 'leaf' ? entryIn(node.entries, id) : node.children[slotOf(id, depth)]?.hash;
}

/** The entry of an id in a loaded tree; looks at the nodes on its way alone. Throws when one of them is missing. */
export function findEntry(root: ContentHash, nodes: TreeNodes, id: PathId): TreeEntry | undefined {
  let node = nodeAt(nodes, root);
  if (node.kind === 'leaf') return entryIn(node.entries, id);
  const slotAt = slotsOf(id);
  for (let depth = 0; node.kind === 'branch'; depth += 1) {
    const child = node.children[slotAt(depth)];
    if (child === undefined || child === null) return undefined;
    node = nodeAt(nodes, child.hash);
  }
  return entryIn(node.entries, id);
}

/** All entries of a loaded tree, in an order that depends on them alone. Throws when a node is missing. */
export function* treeValues(root: ContentHash, nodes: TreeNodes): MapIterator<TreeEntry> {
  const rest = [root];
  for (let hash = rest.pop(); hash !== undefined; hash = rest.pop()) {
    const node = nodeAt(nodes, hash);
    if (node.kind === 'leaf') yield* node.entries;
    else rest.push(...childrenOf(node).toReversed());
  }
}

/** The same as a map. */
export function treeEntries(root: ContentHash, nodes: TreeNodes): ReadonlyMap<PathId, TreeEntry> {
  return new Map([...treeValues(root, nodes)].map((entry) => [entry.id, entry]));
}

export type TreeChanges = ReadonlyMap<PathId, TreeEntry | null>;

export interface UpdatedTree {
  readonly root: ContentHash;
  /** Nodes on the changed paths: to be stored before the root is made current. */
  readonly written: TreeNodes;
}

/** The tree with entries put (or removed: null). Touches only the nodes on the way to the changed ids. */
export function updateTree(root: ContentHash, nodes: TreeNodes, changes: TreeChanges): UpdatedTree {
  const written = new Map<ContentHash, TreeNode>();

  const store = (node: TreeNode, size: number): TreeChild => {
    const hash = contentHash(node);
    if (hash !== EMPTY_TREE) written.set(hash, node);
    return { hash, size };
  };

  const build = (entries: readonly TreeEntry[], depth: number): TreeChild => {
    const size = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
    if (size <= MAX_LEAF_SIZE || entries.length <= 1) {
      const sorted = entries.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      return store({ kind: 'leaf', entries: sorted }, size);
    }
    const slots = Array.from({ length: FAN_OUT }, (): TreeEntry[] => []);
    for (const entry of entries) slots[slotOf(entry.id, depth)]?.push(entry);
    const children = slots.map((slot) => (slot.length === 0 ? null : build(slot, depth + 1)));
    return store({ kind: 'branch', children }, size);
  };

  const change = (hash: ContentHash, changed: TreeChanges, depth: number): TreeChild => {
    const node = nodeAt(nodes, hash);
    if (node.kind === 'leaf') {
      const entries = new Map<PathId, TreeEntry>(node.entries.map((entry) => [entry.id, entry]));
      for (const [id, entry] of changed) {
        if (entry === null) entries.delete(id);
        else entries.set(id, entry);
      }
      return build([...entries.values()], depth);
    }
    const bySlot = Map.groupBy(changed, ([id]) => slotOf(id, depth));
    const children = node.children.map((child, slot) => {
      const here = bySlot.get(slot);
      if (here === undefined) return child;
      const updated = change(child?.hash ?? EMPTY_TREE, new Map(here), depth + 1);
      return updated.hash === EMPTY_TREE ? null : updated;
    });
    const size = children.reduce((sum, child) => sum + (child?.size ?? 0), 0);
    const find = (hash: ContentHash): TreeNode => written.get(hash) ?? nodeAt(nodes, hash);
    if (size > MAX_LEAF_SIZE) return loneLeaf(children, find) ?? store({ kind: 'branch', children }, size);
    const all: TreeNodes = new Map([...nodes, ...written]);
    return build(
      children.flatMap((child) => (child === null ? [] : [...treeEntries(child.hash, all).values()])),
      depth,
    );
  };

  const updated = change(root, changes, 0);
  return { root: updated.hash, written: reachableFrom(updated.hash, written) };
}

/** The only child, if it is a leaf: one entry that is too large alone needs no branch above it. */
function loneLeaf(
  children: readonly (TreeChild | null)[],
  find: (hash: ContentHash) => TreeNode,
): TreeChild | undefined {
  const [only, ...others] = children.filter((child) => child !== null);
  return only !== undefined && others.length === 0 && find(only.hash).kind === 'leaf' ? only : undefined;
}

/** Those of the nodes that a root needs: what was made on the way and merged again is left out. */
function reachableFrom(root: ContentHash, nodes: TreeNodes): TreeNodes {
  const needed = new Map<ContentHash, TreeNode>();
  const visit = (hash: ContentHash): void => {
    const node = nodes.get(hash);
    if (node === undefined) return;
    needed.set(hash, node);
    if (node.kind === 'branch') for (const child of node.children) if (child !== null) visit(child.hash);
  };
  visit(root);
  return needed;
}
