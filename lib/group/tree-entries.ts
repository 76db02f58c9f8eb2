import type { ContentHash } from '../model/ids.ts';
import type { PathId } from '../model/path-id.ts';
import { EntriesView } from './entries-view.ts';
import { findEntry, type TreeEntry, type TreeNodes, treeValues } from './tree.ts';

/** An index pays after about this many lookups; a single write makes a dozen. */
const INDEX_AFTER = 200;

/**
 * The entries of a loaded tree, looked up in its nodes: the entries of a tree that has just changed cost nothing. Who
 * looks up many of them gets an index at some point. Methods throw when a node is missing.
 */
export class TreeEntries extends EntriesView {
  readonly #root: ContentHash;
  readonly #nodes: TreeNodes;
  #lookups = 0;
  #index: ReadonlyMap<PathId, TreeEntry> | undefined;

  constructor(root: ContentHash, nodes: TreeNodes) {
    super();
    this.#root = root;
    this.#nodes = nodes;
  }

  get(id: PathId): TreeEntry | undefined {
    if (this.#index !== undefined) return this.#index.get(id);
    this.#lookups += 1;
    if (this.#lookups > INDEX_AFTER) {
      this.#index = new Map(this.entries());
      return this.#index.get(id);
    }
    return findEntry(this.#root, this.#nodes, id);
  }

  values(): MapIterator<TreeEntry> {
    return treeValues(this.#root, this.#nodes);
  }
}
