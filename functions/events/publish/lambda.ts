import middy from '@middy/core';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { toChangeRecord } from '../../../lib/aws/dynamodb/change-record.ts';
import { connectStore } from '../../../lib/aws/dynamodb/connect-store.ts';
import { connectBus } from '../../../lib/aws/event-bridge/connect-bus.ts';
import { connectEventLog } from '../../../lib/state/event-log.ts';
import { createState } from '../../../lib/state/state.ts';
import { readEnvironment } from '../../runtime/environment.ts';
import { systemClock } from '../../runtime/system.ts';
import { createPublish } from './publish.ts';

const { config, stateTable, eventsTable, bus } = readEnvironment(process.env);
const publish = createPublish({
  state: createState(connectStore(stateTable), config.scheduler),
  eventLog: connectEventLog(connectStore(eventsTable), config.scheduler),
  bus: connectBus(bus),
  clock: systemClock,
  scheduler: config.scheduler,
});

/** A batch that fails comes again whole, then bisected, so that one poisoned record is set aside alone. */
export const handler = middy<DynamoDBStreamEvent>({ timeoutEarlyInMillis: 500 }).handler(async ({ Records }) => {
  await publish(Records.map(toChangeRecord));
  return { batchItemFailures: [] };
});
