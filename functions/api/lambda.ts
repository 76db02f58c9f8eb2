import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { connectTaskFiles } from '../../lib/aws/cloudwatch-logs/connect-task-files.ts';
import { connectStore } from '../../lib/aws/dynamodb/connect-store.ts';
import { createState } from '../../lib/state/state.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { consoleLog } from '../runtime/log.ts';
import { systemClock, systemIds } from '../runtime/system.ts';
import { createApi } from './api.ts';
import { toApiRequest, toProxyResult } from './proxy-event.ts';

const { config, stateTable } = readEnvironment(process.env);
const api = createApi({
  state: createState(connectStore(stateTable), config.scheduler),
  taskFiles: connectTaskFiles(config.taskLogs.group),
  clock: systemClock,
  ids: systemIds,
  config,
  log: consoleLog,
});

export const handler = middy<APIGatewayProxyEvent, APIGatewayProxyResult>({ timeoutEarlyInMillis: 500 }).handler(
  async (event) => {
    const request = toApiRequest(event);
    return toProxyResult(request, await api(request), config.allowedOrigins);
  },
);
