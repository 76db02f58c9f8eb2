import { StoreUnavailable } from '../../lib/gateways/store.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { Log } from '../runtime/log.ts';

/** Sets run specs aside that cannot be read: they are logged and left as they are, and the others go on (principle 11). */
export function createQuarantine(log: Log) {
  const ids = new Set<PathId>();
  return {
    ids: ids as ReadonlySet<PathId>,
    /** An outage of the store is no run spec's fault: it is thrown on and ends the pass. */
    add(runSpec: PathId, error: unknown): undefined {
      if (error instanceof StoreUnavailable) throw error;
      ids.add(runSpec);
      log.error('run spec quarantined', error, { runSpec });
    },
  };
}

export type Quarantine = ReturnType<typeof createQuarantine>;
