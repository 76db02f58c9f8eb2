import type { TreeEntry } from '../../lib/group/tree.ts';
import { type PathId, ROOT_ID } from '../../lib/model/path-id.ts';
import type { Root, RootCommit } from '../../lib/model/root.ts';
import type { Timestamp } from '../../lib/model/timestamp.ts';

/** The versions of the root that are kept, newest first: what group versions and rollbacks read. */
export const commitsOf = ({ recent, version, tree }: Root): readonly Pick<RootCommit, 'version' | 'tree'>[] =>
  recent.length === 0 ? [{ version, tree }] : recent;

/** The root as it was in a version, if that is kept. */
export const commitOf = (root: Root, version: Timestamp): Pick<RootCommit, 'version' | 'tree'> | undefined =>
  commitsOf(root).find((commit) => commit.version === version);

/** Whether a tree has a group. The root always exists. */
export const hasGroup = (entries: ReadonlyMap<PathId, TreeEntry>, id: PathId): boolean =>
  id === ROOT_ID || entries.get(id)?.kind === 'group';
