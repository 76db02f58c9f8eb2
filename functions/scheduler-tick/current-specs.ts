import pMap from 'p-map';
import type { SpecEntry, TreeEntry } from '../../lib/group/tree.ts';
import type { ContentHash } from '../../lib/model/ids.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { CurrentSpec, StoredSpec } from '../../lib/model/root.ts';
import { UndecodableItem } from '../../lib/state/items.ts';
import type { State } from '../../lib/state/state.ts';
import type { Quarantine } from './quarantine.ts';

const READS_AT_ONCE = 32;

/** Stored specs by hash, in as few reads as can be; one by one only when one of them cannot be decoded. */
async function readSpecs(
  state: State,
  entries: readonly SpecEntry[],
  quarantine: Quarantine,
): Promise<ReadonlyMap<ContentHash, StoredSpec>> {
  try {
    return await state.definitions.getSpecs(entries.map(({ spec }) => spec));
  } catch (error) {
    if (!(error instanceof UndecodableItem)) throw error;
  }
  const read = await pMap(
    entries,
    async ({ id, spec }) => {
      try {
        return [...(await state.definitions.getSpecs([spec]))];
      } catch (error) {
        return quarantine.add(id, error);
      }
    },
    { concurrency: READS_AT_ONCE },
  );
  return new Map(read.flatMap((pairs) => pairs ?? []));
}

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
  const stored = await readSpecs(state, wanted, quarantine);
  const found = new Map<PathId, CurrentSpec>();
  for (const { id, spec: hash } of wanted) {
    const spec = stored.get(hash);
    if (spec !== undefined) found.set(id, { ...spec, id, hash });
    else if (!quarantine.ids.has(id)) quarantine.add(id, new Error(`its definition is gone (${hash})`));
  }
  return found;
}
