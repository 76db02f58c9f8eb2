import { type PathId, topLevelOf } from '../model/path-id.ts';
import type { TreeEntry } from './tree.ts';

/** Whether the top-level group above a run spec makes its own name the role of all below (Marathon: `enforceRole`). */
export function enforcesRole(entries: ReadonlyMap<PathId, TreeEntry>, id: PathId): boolean {
  const top = entries.get(topLevelOf(id));
  return top?.kind === 'group' && top.enforceRole === true;
}
