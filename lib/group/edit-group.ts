import { isWithin, type PathId, ROOT_ID } from '../model/path-id.ts';
import { groupByParent } from './group-by-parent.ts';
import type { GroupEntry, SpecEntry, TreeEntry } from './tree.ts';

type Entries = ReadonlyMap<PathId, TreeEntry>;

/**
 * What becomes of the ids of a tree: null for what goes. Ids that are not named stay as they are.
 * @template S what stands for an app or a pod that is put
 */
export interface TreeEdit<S> {
  readonly groups: ReadonlyMap<PathId, GroupEntry | null>;
  readonly specs: ReadonlyMap<PathId, S | null>;
}

/** A group as it is to be. What is absent stays as it is; what is listed replaces the whole list. */
interface Contents<A> {
  readonly id: PathId;
  readonly apps?: readonly A[];
  readonly groups?: readonly Contents<A>[];
  readonly dependencies?: readonly PathId[];
  readonly enforceRole?: boolean;
}

/** An edit that grows: later words on an id count. */
function createEdit<S>() {
  const groups = new Map<PathId, GroupEntry | null>();
  const specs = new Map<PathId, S | null>();
  const remove = ({ id, kind }: TreeEntry): unknown => (kind === 'group' ? groups.set(id, null) : specs.set(id, null));
  return { groups, specs, remove };
}

/** The entries of a group and of all below it. */
export function entriesWithin(id: PathId, entries: Entries): readonly TreeEntry[] {
  return [...entries.values()].filter((entry) => isWithin(entry.id, id));
}

/** A group, everything below it included, goes; of the root its contents and dependencies. */
export function removeGroup(id: PathId, entries: Entries): TreeEdit<never> {
  const edit = createEdit<never>();
  for (const entry of entriesWithin(id, entries)) edit.remove(entry);
  return edit;
}

/**
 * A group gets new contents (pod-and-group-model.md B3): apps and groups that are not listed go, groups with all that is
 * below them. Pods of the groups that stay are kept. Of several apps or groups of one id the last counts.
 */
export function replaceContents<A extends { readonly id: PathId }>(
  contents: Contents<A>,
  entries: Entries,
): TreeEdit<A> {
  const children = groupByParent(entries.keys());
  const edit = createEdit<A>();

  function childrenOfKind(id: PathId, kind: TreeEntry['kind']): readonly TreeEntry[] {
    return [...(children.get(id) ?? [])].flatMap((child) => {
      const entry = entries.get(child);
      return entry?.kind === kind ? [entry] : [];
    });
  }

  function removeAll(entry: TreeEntry): void {
    edit.remove(entry);
    for (const child of children.get(entry.id) ?? []) {
      const below = entries.get(child);
      if (below !== undefined) removeAll(below);
    }
  }

  function putGroup({ id, dependencies, enforceRole }: Contents<A>): void {
    const there = entries.get(id);
    const group = there?.kind === 'group' ? there : undefined;
    if (id === ROOT_ID && group === undefined && dependencies === undefined) return;
    const enforces = enforceRole ?? group?.enforceRole;
    edit.groups.set(id, {
      kind: 'group',
      id,
      dependencies: dependencies ?? group?.dependencies ?? [],
      ...(enforces === undefined ? {} : { enforceRole: enforces }),
    });
  }

  function put(wanted: Contents<A>): void {
    if (wanted.apps !== undefined) for (const app of childrenOfKind(wanted.id, 'app')) edit.remove(app);
    const groups = wanted.groups && new Map(wanted.groups.map((group) => [group.id, group]));
    if (groups !== undefined) {
      for (const group of childrenOfKind(wanted.id, 'group')) if (!groups.has(group.id)) removeAll(group);
    }
    putGroup(wanted);
    for (const app of wanted.apps ?? []) edit.specs.set(app.id, app);
    for (const group of groups?.values() ?? []) put(group);
  }

  put(contents);
  return edit;
}

/** A group becomes what it was in a former tree, with its apps, pods and groups. What did not change is not named. */
export function restoreGroup(id: PathId, entries: Entries, former: Entries): TreeEdit<SpecEntry> {
  const edit = createEdit<SpecEntry>();
  for (const entry of entriesWithin(id, entries)) {
    if (former.get(entry.id)?.kind !== entry.kind) edit.remove(entry);
  }
  for (const entry of entriesWithin(id, former)) {
    const now = entries.get(entry.id);
    if (entry.kind === 'group') edit.groups.set(entry.id, entry);
    else if (now?.kind !== entry.kind || now.spec !== entry.spec) edit.specs.set(entry.id, entry);
  }
  return edit;
}
