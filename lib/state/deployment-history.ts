import type { Store } from '../gateways/store.ts';
import type { DeploymentRecord } from '../model/deployment.ts';
import { fromTimestamp } from '../model/timestamp.ts';
import { encodeItem } from './items.ts';
import type { StateKeys } from './keys.ts';
import { newestFirst, type RecordPage, readPage } from './newest-first.ts';

const KEPT_SECONDS = 30 * 24 * 3600;
const TYPE = 'deployment';

/**
 * The deployments that run, and those that ended in the last thirty days. Written by whoever publishes what changes
 * announce, so a moment after the fact; nothing is decided by it.
 */
export function createDeploymentHistory(store: Store, keys: StateKeys) {
  return {
    /** Repeats and a beginning that is told after the end change nothing. */
    async put(record: DeploymentRecord): Promise<void> {
      const { id, version, end } = record;
      const key = keys.deploymentRecord(newestFirst(fromTimestamp(version)), id);
      const item = encodeItem(key, TYPE, record, 1);
      if (end === undefined) await store.put(item, { kind: 'absent' });
      else await store.put({ ...item, ttl: Math.floor(end.at / 1000) + KEPT_SECONDS });
    },
    /** One page, those that began last first. */
    list: (limit: number, after?: string): Promise<RecordPage<DeploymentRecord>> =>
      readPage<DeploymentRecord>(store, keys.deployments, TYPE, limit, after),
  };
}
