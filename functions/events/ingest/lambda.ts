import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { connectStore } from '../../../lib/aws/dynamodb/connect-store.ts';
import { createState } from '../../../lib/state/state.ts';
import { readEnvironment } from '../../runtime/environment.ts';
import { consoleLog } from '../../runtime/log.ts';
import { systemClock } from '../../runtime/system.ts';
import { createIngest } from './ingest.ts';

const { config, stateTable } = readEnvironment(process.env);
const ingest = createIngest({
  state: createState(connectStore(stateTable), config.scheduler),
  clock: systemClock,
  log: consoleLog,
});

export const handler = middy<SQSEvent, SQSBatchResponse>({ timeoutEarlyInMillis: 500 }).handler(async ({ Records }) => {
  const failures = await Promise.all(
    Records.map(async ({ messageId, body }) => {
      try {
        await ingest(body);
        return undefined;
      } catch (error) {
        consoleLog.error('event kept for later', error, { messageId });
        return { itemIdentifier: messageId };
      }
    }),
  );
  return { batchItemFailures: failures.filter((failure) => failure !== undefined) };
});
