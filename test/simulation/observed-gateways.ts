import type { Cluster } from '../../lib/gateways/cluster.ts';
import type { Store } from '../../lib/gateways/store.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import type { Attention } from './attention.ts';
import type { Gateways } from './faults.ts';
import type { Monitor } from './monitor.ts';
import type { ProcessName } from './process-name.ts';

/** Whose write the store is carrying out at this moment: the store commits before its call returns a promise. */
export interface Writer {
  process: ProcessName | undefined;
  /** When that process last read the root. */
  since: Instant | undefined;
}

interface Observers {
  readonly writer: Writer;
  readonly attention: Attention;
  readonly monitor: Monitor;
  readonly now: () => Instant;
}

/** The gateways as one process uses them, seen by those who watch what it reads, writes and asks of ECS. */
export function observedGateways(
  real: Gateways,
  process: ProcessName,
  { writer, attention, monitor, now }: Observers,
): Gateways {
  let rootReadAt: Instant | undefined;
  function writing<T>(work: () => T): T {
    writer.process = process;
    writer.since = rootReadAt;
    try {
      return work();
    } finally {
      writer.process = undefined;
      writer.since = undefined;
    }
  }
  const { store, cluster } = real;
  const isTick = process === 'tick';
  const observedStore: Store = {
    ...store,
    get: (key) => {
      if (key.pk.endsWith('#ROOT')) {
        rootReadAt = now();
        if (isTick) attention.tickRead(key.pk);
      }
      return store.get(key);
    },
    query: (pk, range) => {
      if (isTick) attention.tickRead(pk);
      return store.query(pk, range);
    },
    put: (item, condition) => writing(() => store.put(item, condition)),
    update: (key, changes, condition) => writing(() => store.update(key, changes, condition)),
    delete: (key, condition) => writing(() => store.delete(key, condition)),
  };
  const observedCluster: Cluster = {
    ...cluster,
    startTask: (request) => {
      monitor.ordered();
      return cluster.startTask(request);
    },
    stopTask: (arn, reason) => {
      monitor.ordered(arn);
      return cluster.stopTask(arn, reason);
    },
    ensureTaskDefinition: (definition) => {
      monitor.ordered();
      return cluster.ensureTaskDefinition(definition);
    },
  };
  return { ...real, store: observedStore, cluster: observedCluster };
}
