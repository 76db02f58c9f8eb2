import { type PathId, parentOf, ROOT_ID } from '../model/path-id.ts';
import { EntriesView } from './entries-view.ts';
import { groupByParent } from './group-by-parent.ts';
import type { GroupEntry, SpecEntry, TreeChanges, TreeEntry } from './tree.ts';

const SAME_AS_GROUP = {
  app: 'Groups and Applications may not have the same identifier.',
  pod: 'Groups and Pods may not have the same identifier.',
} as const;

/** A tree that is being changed. A change that it refuses leaves it unusable: the refusal is the end of the draft. */
export interface TreeDraft {
  /** As they are after the changes so far. */
  readonly entries: ReadonlyMap<PathId, TreeEntry>;
  readonly changes: TreeChanges;
  remove(id: PathId): void;
  /** Adds or replaces a group, and the groups above it. Says why it cannot be. */
  putGroup(entry: GroupEntry): string | undefined;
  /**
   * Adds or replaces an app or a pod, and the groups above it. A group without content gives way to it, with the groups
   * below, unless the same change names it. Says why it cannot be.
   */
  putSpec(entry: SpecEntry): string | undefined;
}

/** The entries of a tree after changes, which may go on. */
class ChangedEntries extends EntriesView {
  readonly #base: ReadonlyMap<PathId, TreeEntry>;
  readonly #changes: TreeChanges;

  constructor(base: ReadonlyMap<PathId, TreeEntry>, changes: TreeChanges) {
    super();
    this.#base = base;
    this.#changes = changes;
  }

  get(id: PathId): TreeEntry | undefined {
    const changed = this.#changes.get(id);
    return changed === undefined ? this.#base.get(id) : (changed ?? undefined);
  }

  *values(): MapIterator<TreeEntry> {
    for (const entry of this.#base.values()) {
      const now = this.get(entry.id);
      if (now !== undefined) yield now;
    }
    for (const [id, entry] of this.#changes) if (entry !== null && !this.#base.has(id)) yield entry;
  }
}

/**
 * A tree's entries to be changed, the tree itself stays: an id is an app, a pod or a group, never two of them, and every group above
 * it exists (api-endpoints.md §1.4; Marathon's texts). Remove first what makes room for what is added.
 */
export function createTreeDraft(base: ReadonlyMap<PathId, TreeEntry>): TreeDraft {
  const changes = new Map<PathId, TreeEntry | null>();
  const entries = new ChangedEntries(base, changes);
  const named = new Set<PathId>();
  let children: Map<PathId, Set<PathId>> | undefined;

  function set(entry: TreeEntry): void {
    changes.set(entry.id, entry);
    if (children === undefined || entry.id === ROOT_ID) return;
    const parent = parentOf(entry.id);
    children.set(parent, (children.get(parent) ?? new Set()).add(entry.id));
  }

  function remove(id: PathId): void {
    changes.set(id, null);
    if (id !== ROOT_ID) children?.get(parentOf(id))?.delete(id);
  }

  /** All groups below a group; undefined when an app or a pod is there too. */
  function emptyGroupsBelow(id: PathId): readonly PathId[] | undefined {
    children ??= groupByParent(entries.keys());
    const found: PathId[] = [];
    const rest = [...(children.get(id) ?? [])];
    for (let below = rest.pop(); below !== undefined; below = rest.pop()) {
      if (entries.get(below)?.kind !== 'group') return undefined;
      found.push(below);
      rest.push(...(children.get(below) ?? []));
    }
    return found;
  }

  function addGroupsAbove(id: PathId): string | undefined {
    for (let group = parentOf(id); group !== ROOT_ID; group = parentOf(group)) {
      const there = entries.get(group);
      if (there?.kind === 'group') return undefined;
      if (there !== undefined) return SAME_AS_GROUP[there.kind];
      set({ kind: 'group', id: group, dependencies: [] });
    }
    return undefined;
  }

  return {
    entries,
    changes,
    remove,
    putGroup(entry) {
      const there = entries.get(entry.id);
      if (there !== undefined && there.kind !== 'group') return SAME_AS_GROUP[there.kind];
      named.add(entry.id);
      set(entry);
      return addGroupsAbove(entry.id);
    },
    putSpec(entry) {
      const there = entries.get(entry.id);
      if (there?.kind === 'group') {
        const below = named.has(entry.id) ? undefined : emptyGroupsBelow(entry.id);
        if (below === undefined) return SAME_AS_GROUP[entry.kind];
        for (const group of below) remove(group);
      } else if (there !== undefined && there.kind !== entry.kind) {
        return 'Applications and Pods may not share the same id';
      }
      set(entry);
      return addGroupsAbove(entry.id);
    },
  };
}
