import { createMemoryStore } from '../../lib/gateways/memory-store.ts';
import type { ChangeRecord } from '../../lib/gateways/store.ts';
import { describeStore } from './store-suite.ts';

describeStore(
  'memory store',
  async () => {
    const store = createMemoryStore();
    const records: ChangeRecord[] = [];
    const stop = store.subscribe((record) => records.push(record));
    return {
      store,
      changes: async () => records,
      expire: async () => {
        store.expire(Date.now());
      },
      close: async () => stop(),
    };
  },
  { runs: 500 },
);
