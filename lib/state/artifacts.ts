import type { Store } from '../gateways/store.ts';
import { decodeItem, encodeItem } from './items.ts';
import type { StateKeys } from './keys.ts';

/** A small file. */
export interface Artifact {
  readonly contentType: string;
  /** Its bytes in base 64. */
  readonly content: string;
}

/** Files that tasks fetch, by their paths. */
export function createArtifacts(store: Store, keys: StateKeys) {
  return {
    async get(path: string): Promise<Artifact | undefined> {
      const item = await store.get(keys.artifact(path));
      return item === undefined ? undefined : decodeItem<Artifact>(item, 'artifact').value;
    },
    put: (path: string, artifact: Artifact): Promise<boolean> =>
      store.put(encodeItem(keys.artifact(path), 'artifact', artifact, 1)),
    /** False: there was none. */
    remove: (path: string): Promise<boolean> => store.delete(keys.artifact(path), { kind: 'exists' }),
  };
}
