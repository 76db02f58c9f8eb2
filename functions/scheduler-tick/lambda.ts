import middy from '@middy/core';
import { connectStore } from '../../lib/aws/dynamodb/connect-store.ts';
import { connectCluster } from '../../lib/aws/ecs/connect-cluster.ts';
import { connectBus } from '../../lib/aws/event-bridge/connect-bus.ts';
import { createState } from '../../lib/state/state.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { consoleLog } from '../runtime/log.ts';
import { systemClock, systemIds } from '../runtime/system.ts';
import { createTick, type TickReason } from './tick.ts';

const environment = readEnvironment(process.env);
const tick = createTick({
  state: createState(connectStore(environment.stateTable), environment.config.scheduler),
  cluster: connectCluster(environment.cluster),
  bus: connectBus(environment.bus),
  clock: systemClock,
  ids: systemIds,
  config: environment.config,
  log: consoleLog,
});

/** A scheduled event of the timer rule walks; anything else is a wake. */
const reasonOf = (event: unknown): TickReason =>
  typeof event === 'object' && event !== null && 'source' in event && event.source === 'aws.events' ? 'timer' : 'wake';

export const handler = middy<unknown>({ timeoutEarlyInMillis: 1000 }).handler(async (event, context, { signal }) => {
  const deadline = systemClock.now() + context.getRemainingTimeInMillis();
  const reason = reasonOf(event);
  const run = await tick(reason, deadline, signal);
  consoleLog.info('tick', { reason, ...run });
  return run;
});
