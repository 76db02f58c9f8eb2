import { queryAll, type Store } from '../gateways/store.ts';
import type { OfferStatistics } from '../model/offer-statistics.ts';
import type { PathId } from '../model/path-id.ts';
import { decodeItem, encodeItem, UndecodableItem } from './items.ts';
import type { StateKeys } from './keys.ts';

/** What waiting run specs have met with. The tick alone writes it, nothing is decided by it. */
export function createOffers(store: Store, keys: StateKeys) {
  return {
    /** All that can be read. */
    async list(): Promise<ReadonlyMap<PathId, OfferStatistics>> {
      const found = new Map<PathId, OfferStatistics>();
      for (const item of await queryAll(store, keys.offers)) {
        try {
          const { value } = decodeItem<OfferStatistics>(item, 'offers');
          found.set(value.runSpec, value);
        } catch (error) {
          // The next look writes it anew.
          if (!(error instanceof UndecodableItem)) throw error;
        }
      }
      return found;
    },
    put: (statistics: OfferStatistics): Promise<boolean> =>
      store.put(encodeItem(keys.offersOf(statistics.runSpec), 'offers', statistics, 1)),
    remove: (runSpec: PathId): Promise<boolean> => store.delete(keys.offersOf(runSpec)),
  };
}
