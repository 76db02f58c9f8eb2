import * as z from 'zod';
import { DEADLINE_FORM, parseDeadline } from '../../lib/deployment/deadline.ts';
import type { SchedulerConfig } from '../../lib/model/config.ts';
import { PLACEMENT_RANKINGS } from '../../lib/model/schedule.ts';

const names = z.string().transform((text) =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== ''),
);

const deadline = z
  .string()
  .default('none')
  .transform((text, { issues }) => {
    const read = parseDeadline(text);
    if (read !== undefined) return read === 'none' ? undefined : read;
    issues.push({ code: 'custom', input: text, message: `is not of the form ${DEADLINE_FORM}` });
    return z.NEVER;
  });

/** What infra/ gives to every function. */
const environment = z.object({
  STRIDE_SCHEDULER: z.string().min(1),
  STRIDE_CLUSTER: z.string().min(1),
  STRIDE_STATE_TABLE: z.string().min(1),
  STRIDE_EVENTS_TABLE: z.string().min(1),
  STRIDE_BUS: z.string().min(1),
  STRIDE_DEFAULT_IMAGE: z.string().min(1),
  STRIDE_ENV_VARS_PREFIX: z.string().default(''),
  STRIDE_SERVICE_PORT_MIN: z.coerce.number().int().default(10_000),
  STRIDE_SERVICE_PORT_MAX: z.coerce.number().int().default(20_000),
  STRIDE_AGENT_TIMEOUT_SECONDS: z.coerce.number().min(0).default(120),
  STRIDE_AGENT_ROLES: names.default(['slave_public']),
  STRIDE_ALLOWED_ORIGINS: names.default([]),
  STRIDE_MAX_RUNNING_DEPLOYMENTS: z.coerce.number().int().min(1).default(100),
  STRIDE_DEPLOYMENT_DEADLINE: deadline,
  STRIDE_PLACEMENT_RANKING: z.enum(PLACEMENT_RANKINGS).default('binpack'),
  STRIDE_ECS_CALL_BURST: z.coerce.number().int().min(1).default(90),
  STRIDE_ECS_CALLS_PER_SECOND: z.coerce.number().min(1).default(38),
  STRIDE_MAX_VERSIONS: z.coerce.number().int().min(0).default(50),
  STRIDE_HEALTH_SHARDS: z.coerce.number().int().min(1).default(1),
  STRIDE_TASK_LOG_GROUP: z.string().min(1),
  STRIDE_TASK_LOG_RETENTION_DAYS: z.coerce.number().int().min(1),
  AWS_REGION: z.string().min(1),
});

export interface FunctionEnvironment {
  readonly config: SchedulerConfig;
  readonly cluster: string;
  readonly stateTable: string;
  readonly eventsTable: string;
  readonly bus: string;
}

/** Reads a function's environment. Throws at cold start, naming each variable that is wrong. */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): FunctionEnvironment {
  const parsed = environment.safeParse(variables);
  if (!parsed.success) throw new Error(`environment: ${z.prettifyError(parsed.error)}`);
  const read = parsed.data;
  return {
    config: {
      scheduler: read.STRIDE_SCHEDULER,
      region: read.AWS_REGION,
      defaultImage: read.STRIDE_DEFAULT_IMAGE,
      envVarsPrefix: read.STRIDE_ENV_VARS_PREFIX,
      servicePorts: { begin: read.STRIDE_SERVICE_PORT_MIN, end: read.STRIDE_SERVICE_PORT_MAX },
      agentTimeoutMs: read.STRIDE_AGENT_TIMEOUT_SECONDS * 1000,
      agentRoles: read.STRIDE_AGENT_ROLES,
      allowedOrigins: read.STRIDE_ALLOWED_ORIGINS,
      maxRunningDeployments: read.STRIDE_MAX_RUNNING_DEPLOYMENTS,
      ...(read.STRIDE_DEPLOYMENT_DEADLINE !== undefined && { deploymentDeadline: read.STRIDE_DEPLOYMENT_DEADLINE }),
      placementRanking: read.STRIDE_PLACEMENT_RANKING,
      ecsCalls: { burst: read.STRIDE_ECS_CALL_BURST, perSecond: read.STRIDE_ECS_CALLS_PER_SECOND },
      maxVersions: read.STRIDE_MAX_VERSIONS,
      healthShards: read.STRIDE_HEALTH_SHARDS,
      taskLogs: { group: read.STRIDE_TASK_LOG_GROUP, retentionDays: read.STRIDE_TASK_LOG_RETENTION_DAYS },
    },
    cluster: read.STRIDE_CLUSTER,
    stateTable: read.STRIDE_STATE_TABLE,
    eventsTable: read.STRIDE_EVENTS_TABLE,
    bus: read.STRIDE_BUS,
  };
}
