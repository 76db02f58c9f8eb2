import type { TreeEntry } from '../../lib/group/tree.ts';
import type { ContentHash } from '../../lib/model/ids.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { CurrentSpec } from '../../lib/model/root.ts';
import type { State } from '../../lib/state/state.ts';
import type { Quarantine } from './quarantine.ts';
import { readableSpecs } from './readable-specs.ts';

/** The definitions of those ids that are apps or pods of the tree. One that is gone or cannot be decoded is quarantined. */
export async function currentSpecs(
  state: State,
  entries: ReadonlyMap<PathId, TreeEntry>,
  ids: Iterable<PathId>,
  quarantine: Quarantine,
): Promise<ReadonlyMap<PathId, CurrentSpec>> {
  const wanted = [...ids].flatMap((id) => {
    const entry = entries.get(id);
    return entry === undefined || entry.kind === 'group' ? [] : [entry];
  });
  const unreadable = new Map<ContentHash, Error>();
  const hashes = wanted.map(({ spec }) => spec);
  const stored = await readableSpecs(state, hashes, (hash, error) => void unreadable.set(hash, error));
  const found = new Map<PathId, CurrentSpec>();
  for (const { id, spec: hash } of wanted) {
    const spec = stored.get(hash);
    if (spec !== undefined) found.set(id, { ...spec, id, hash });
    else quarantine.add(id, unreadable.get(hash) ?? new Error(`its definition is gone (${hash})`));
  }
  return found;
}
