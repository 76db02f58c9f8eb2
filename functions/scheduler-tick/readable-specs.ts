import pMap from 'p-map';
import type { ContentHash } from '../../lib/model/ids.ts';
import type { StoredSpec } from '../../lib/model/root.ts';
import { UndecodableItem } from '../../lib/state/items.ts';
import type { State } from '../../lib/state/state.ts';

const READS_AT_ONCE = 32;

/**
 * Stored specs by hash, each read once: in as few reads as can be, one by one only when one of them cannot be decoded.
 * Those that cannot, and those that are gone, are missing. `unreadable` is told of the former.
 */
export async function readableSpecs(
  { definitions }: Pick<State, 'definitions'>,
  hashes: Iterable<ContentHash>,
  unreadable: (hash: ContentHash, error: UndecodableItem) => void = () => undefined,
): Promise<ReadonlyMap<ContentHash, StoredSpec>> {
  const wanted = [...new Set(hashes)];
  if (wanted.length === 0) return new Map();
  try {
    return await definitions.getSpecs(wanted);
  } catch (error) {
    if (!(error instanceof UndecodableItem)) throw error;
  }
  const read = await pMap(
    wanted,
    async (hash) => {
      try {
        return [...(await definitions.getSpecs([hash]))];
      } catch (error) {
        if (!(error instanceof UndecodableItem)) throw error;
        unreadable(hash, error);
        return [];
      }
    },
    { concurrency: READS_AT_ONCE },
  );
  return new Map(read.flat());
}
