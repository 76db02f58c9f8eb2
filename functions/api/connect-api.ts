import { connectTaskFiles } from '../../lib/aws/cloudwatch-logs/connect-task-files.ts';
import { connectStore } from '../../lib/aws/dynamodb/connect-store.ts';
import { createState } from '../../lib/state/state.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { consoleLog } from '../runtime/log.ts';
import { systemClock, systemIds } from '../runtime/system.ts';
import { createApi } from './api.ts';

/** The API on AWS, as the environment says, and whose pages may read its answers. */
export function connectApi(environment: NodeJS.ProcessEnv) {
  const { config, stateTable } = readEnvironment(environment);
  const api = createApi({
    state: createState(connectStore(stateTable), config.scheduler),
    taskFiles: connectTaskFiles(config.taskLogs.group),
    clock: systemClock,
    ids: systemIds,
    config,
    log: consoleLog,
  });
  return { api, allowedOrigins: config.allowedOrigins };
}
