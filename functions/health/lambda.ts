import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import middy from '@middy/core';
import * as z from 'zod';
import { connectStore } from '../../lib/aws/dynamodb/connect-store.ts';
import { createState } from '../../lib/state/state.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { consoleLog } from '../runtime/log.ts';
import { systemClock, systemIds } from '../runtime/system.ts';
import { createHealth } from './health.ts';
import { createNodeProbes, MOST_SOCKETS } from './node-probes.ts';

const { config, stateTable } = readEnvironment(process.env);
const state = createState(connectStore(stateTable), config.scheduler);
const probes = createNodeProbes();

/** The tick's event on the bus. */
const probeEvent = z.object({ detail: z.object({ scheduler: z.literal(config.scheduler), shard: z.int().min(0) }) });

/** How late probes began, in milliseconds. */
const summaryOf = (lag: RecordableHistogram) => ({
  probes: lag.count,
  ...(lag.count > 0 && { lagMs: { p50: lag.percentile(50), p99: lag.percentile(99), max: lag.max } }),
});

export const handler = middy<unknown>({ timeoutEarlyInMillis: 1000 }).handler(async (event, context, { signal }) => {
  const { shard } = probeEvent.parse(event).detail;
  const lag = createHistogram();
  const probe = createHealth({
    state,
    probes,
    clock: systemClock,
    ids: systemIds,
    log: consoleLog,
    shards: config.healthShards,
    room: MOST_SOCKETS,
    meter: (_instance, lagMs) => lag.record(Math.max(1, Math.round(lagMs))),
  });
  const run = await probe(shard, systemClock.now() + context.getRemainingTimeInMillis(), signal);
  consoleLog.info('prober', { shard, ...run, ...summaryOf(lag) });
  return run;
});
