import { groupByParent } from '../../../lib/group/group-by-parent.ts';
import type { TreeEntry } from '../../../lib/group/tree.ts';
import { type PathId, parentOf, ROOT_ID } from '../../../lib/model/path-id.ts';
import type { Timestamp } from '../../../lib/model/timestamp.ts';
import { ofKeptTexts } from '../json-text.ts';
import type { GroupEmbeds } from './group-embeds.ts';

/** What is in a group tree; `apps` and `pods` by id, as they are to be shown. */
export interface GroupContent {
  readonly entries: ReadonlyMap<PathId, TreeEntry>;
  /** Of the root: every group shows it. */
  readonly version: Timestamp;
  readonly apps: ReadonlyMap<PathId, object>;
  readonly pods: ReadonlyMap<PathId, object>;
}

export interface ShownGroup {
  readonly id: PathId;
  readonly apps: readonly object[];
  readonly pods: readonly object[];
  readonly groups: readonly ShownGroup[];
  readonly dependencies: readonly PathId[];
  readonly version: Timestamp;
  /** Top-level groups only. */
  readonly enforceRole?: boolean;
}

/** A group in Marathon's JSON (responses.md §6): its own apps and pods, and the groups below by the same rules. */
export function presentGroup(id: PathId, content: GroupContent, embeds: GroupEmbeds): ShownGroup {
  const { entries, version } = content;
  const children = groupByParent(entries.keys());
  const shown = (ids: readonly PathId[], objects: ReadonlyMap<PathId, object>): readonly object[] =>
    ofKeptTexts(ids.flatMap((child) => objects.get(child) ?? []));

  function present(group: PathId): ShownGroup {
    const entry = entries.get(group);
    const below = [...(children.get(group) ?? [])].sort();
    const groups = embeds.groups ? below.filter((child) => entries.get(child)?.kind === 'group') : [];
    const isTopLevel = group !== ROOT_ID && parentOf(group) === ROOT_ID;
    return ofKeptTexts({
      id: group,
      apps: embeds.apps ? shown(below, content.apps) : [],
      pods: embeds.pods ? shown(below, content.pods) : [],
      groups: ofKeptTexts(groups.map(present)),
      dependencies: entry?.dependencies ?? [],
      version,
      ...(isTopLevel ? { enforceRole: entry?.kind === 'group' && entry.enforceRole === true } : {}),
    });
  }

  return present(id);
}
