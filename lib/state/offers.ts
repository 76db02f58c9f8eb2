import { queryAll, type Store } from '../gateways/store.ts';
import type { OfferStatistics } from '../model/offer-statistics.ts';
import type { PathId } from '../model/path-id.ts';
import { decodeReadable, encodeItem } from './items.ts';
import type { StateKeys } from './keys.ts';

/** What waiting run specs have met with. The tick alone writes it, nothing is decided by it. */
export function createOffers(store: Store, keys: StateKeys) {
  return {
    /** All that can be read: the next look writes the others anew. */
    async list(): Promise<ReadonlyMap<PathId, OfferStatistics>> {
      const found = new Map<PathId, OfferStatistics>();
      for (const item of await queryAll(store, keys.offers)) {
        const statistics = decodeReadable<OfferStatistics>(item, 'offers');
        if (statistics !== undefined) found.set(statistics.runSpec, statistics);
      }
      return found;
    },
    put: (statistics: OfferStatistics): Promise<boolean> =>
      store.put(encodeItem(keys.offersOf(statistics.runSpec), 'offers', statistics, 1)),
    remove: (runSpec: PathId): Promise<boolean> => store.delete(keys.offersOf(runSpec)),
  };
}
