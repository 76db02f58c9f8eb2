import * as z from 'zod';
import { TASK_STATES } from '../presenters/task.ts';
import { count, pathId, port, timestamp } from './values.ts';

export const taskState = z.enum([...new Set(Object.values(TASK_STATES))]);

const healthCheckResult = z.strictObject({
  alive: z.boolean().describe('It has a success later than its last failure.'),
  consecutiveFailures: count,
  firstSuccess: timestamp.optional(),
  instanceId: z.string(),
  lastSuccess: timestamp.optional(),
  lastFailure: timestamp.optional(),
  lastFailureCause: z.string().optional(),
});

/** A task of an app (responses.md §3). */
export const task = z.strictObject({
  appId: pathId,
  healthCheckResults: z.array(healthCheckResult).describe('One for each health check that has a result.'),
  checkResult: z
    .union([
      z.strictObject({ http: z.strictObject({ statusCode: z.int() }) }),
      z.strictObject({ tcp: z.strictObject({ succeeded: z.boolean() }) }),
      z.strictObject({ command: z.strictObject({ exitCode: z.int() }) }),
    ])
    .optional()
    .describe('What `check` of the app found last; a command that failed is shown with exit code 1.'),
  host: z.string().describe('Host of the agent.'),
  id: z.string(),
  ipAddresses: z.array(z.strictObject({ ipAddress: z.string(), protocol: z.enum(['IPv4', 'IPv6']) })),
  ports: z.array(port).describe('Host ports, in the order of the ports of the app.'),
  servicePorts: z.array(port).describe('Filled by GET /v2/tasks only.'),
  slaveId: z.string().optional().describe('Id of the agent.'),
  state: taskState,
  stagedAt: timestamp.optional(),
  startedAt: timestamp.optional(),
  version: timestamp.optional().describe('Of the app it was started from.'),
  localVolumes: z.array(
    z.strictObject({ runSpecId: pathId, containerPath: z.string(), uuid: z.string(), persistenceId: z.string() }),
  ),
  region: z.string().optional(),
  zone: z.string().optional(),
  role: z.string(),
});

export const oneTask = z.strictObject({ task });
export const taskList = z.strictObject({ tasks: z.array(task) });

/** The latest failure of a task of an app (responses.md §4). */
export const taskFailure = z.strictObject({
  appId: pathId,
  host: z.string(),
  message: z.string(),
  state: taskState,
  taskId: z.string(),
  timestamp,
  version: timestamp,
  slaveId: z.string().optional(),
});

const stats = z
  .strictObject({
    stats: z.strictObject({
      counts: z.strictObject({ staged: count, running: count, healthy: count, unhealthy: count }),
      lifeTime: z.strictObject({ averageSeconds: z.number(), medianSeconds: z.number() }).optional(),
    }),
  })
  .optional();

/** Statistics by age of the configuration (responses.md §5); a group without tasks is left out. */
export const taskStats = z.strictObject({
  startedAfterLastScaling: stats,
  withLatestConfig: stats,
  withOutdatedConfig: stats,
  totalSummary: stats,
});

export const readinessCheckResult = z.strictObject({
  name: z.string(),
  taskId: z.string(),
  ready: z.boolean(),
  lastResponse: z.strictObject({ status: z.int(), contentType: z.string(), body: z.string() }).optional(),
});
