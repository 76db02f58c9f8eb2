import type { PathId } from '../model/path-id.ts';
import type { TreeEntry } from './tree.ts';

/** The entries of a tree as a map that is never built: by id, or one after another in a fixed order. */
export abstract class EntriesView implements ReadonlyMap<PathId, TreeEntry> {
  abstract get(id: PathId): TreeEntry | undefined;
  abstract values(): MapIterator<TreeEntry>;

  has(id: PathId): boolean {
    return this.get(id) !== undefined;
  }

  get size(): number {
    return [...this.values()].length;
  }

  *keys(): MapIterator<PathId> {
    for (const { id } of this.values()) yield id;
  }

  *entries(): MapIterator<[PathId, TreeEntry]> {
    for (const entry of this.values()) yield [entry.id, entry];
  }

  [Symbol.iterator](): MapIterator<[PathId, TreeEntry]> {
    return this.entries();
  }

  forEach(visit: (entry: TreeEntry, id: PathId, map: ReadonlyMap<PathId, TreeEntry>) => void): void {
    for (const entry of this.values()) visit(entry, entry.id, this);
  }
}
