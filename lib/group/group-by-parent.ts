import { type PathId, parentOf, ROOT_ID } from '../model/path-id.ts';

/** The ids right below each group. The root is below nothing. */
export function groupByParent(ids: Iterable<PathId>): Map<PathId, Set<PathId>> {
  const children = new Map<PathId, Set<PathId>>();
  for (const id of ids) {
    if (id === ROOT_ID) continue;
    const parent = parentOf(id);
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, new Set([id]));
    else siblings.add(id);
  }
  return children;
}
