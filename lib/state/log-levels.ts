import type { Store } from '../gateways/store.ts';
import type { SetLevels } from '../model/log-level.ts';
import { decodeItem, type Versioned } from './items.ts';
import type { StateKeys } from './keys.ts';
import { replaceItem } from './replace-item.ts';

/** Levels that clients set for the loggers of the functions. */
export function createLogLevels(store: Store, keys: StateKeys) {
  return {
    async read(): Promise<Versioned<SetLevels>> {
      const item = await store.get(keys.logLevels);
      return item === undefined ? { value: {}, rev: 0 } : decodeItem<SetLevels>(item, 'log-levels');
    },
    replace: (levels: SetLevels, rev: number): Promise<boolean> =>
      replaceItem(store, keys.logLevels, 'log-levels', levels, rev),
  };
}
