import * as z from 'zod';
import type { SchedulerConfig } from '../../../lib/model/config.ts';
import { PLACEMENT_RANKINGS } from '../../../lib/model/schedule.ts';

const port = z.int().nullable();
const nothing = z.null().describe('There is no counterpart without Mesos and ZooKeeper.');

/** Keys of Marathon's configuration that are always null: clients dereference them blindly. */
const NULL_SETTINGS = [
  'checkpoint',
  'decline_offer_duration',
  'default_network_name',
  'failover_timeout',
  'launch_token',
  'launch_token_refresh_interval',
  'leader_proxy_connection_timeout_ms',
  'leader_proxy_read_timeout_ms',
  'master',
  'max_instances_per_offer',
  'mesos_heartbeat_failure_threshold',
  'mesos_heartbeat_interval',
  'mesos_leader_ui_url',
  'mesos_user',
  'min_revive_offers_interval',
  'offer_matching_timeout',
  'on_elected_prepare_timeout',
  'reconciliation_initial_delay',
  'reconciliation_interval',
  'scale_apps_initial_delay',
  'scale_apps_interval',
  'store_cache',
  'task_launch_confirm_timeout',
  'task_launch_timeout',
  'task_lost_expunge_initial_delay',
  'task_lost_expunge_interval',
  'task_reservation_timeout',
  'webui_url',
  'maintenance_mode',
] as const;
const NULL_ZOOKEEPER_SETTINGS = [
  'zk',
  'zk_compression',
  'zk_compression_threshold',
  'zk_connection_timeout',
  'zk_max_node_size',
  'zk_session_timeout',
  'zk_timeout',
] as const;

const nulls = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, nothing]));

/** `GET /v2/info` (responses.md §9). */
export const info = z.strictObject({
  name: z.literal('marathon'),
  version: z.string().describe('Of Marathon, whose API this is.'),
  buildref: z.string(),
  elected: z.literal(true),
  leader: z.string().describe('Host and port that the client used.'),
  frameworkId: nothing,
  marathon_config: z.strictObject({
    ...nulls(NULL_SETTINGS),
    access_control_allow_origin: z.string().nullable(),
    env_vars_prefix: z.string().nullable(),
    executor: z.string(),
    features: z.array(z.string()),
    framework_name: z.string(),
    ha: z.boolean(),
    hostname: z.string(),
    local_port_max: z.int(),
    local_port_min: z.int(),
    mesos_bridge_name: z.string(),
    mesos_role: z.string(),
    new_group_enforce_role: z.string(),
  }),
  zookeeper_config: z.strictObject({ ...nulls(NULL_ZOOKEEPER_SETTINGS), zk_max_versions: z.int() }),
  http_config: z.strictObject({ http_port: port, https_port: port }),
});

export const leader = z.strictObject({ leader: z.string().describe('Host and port that the client used.') });

export const message = z.strictObject({ message: z.string() });

export const plugins = z.strictObject({ plugins: z.array(z.never()).describe('There are none.') });

/** `GET /config`. */
export const config = z.strictObject({
  scheduler: z.string(),
  region: z.string(),
  defaultImage: z.string(),
  envVarsPrefix: z.string(),
  servicePorts: z.strictObject({ begin: z.int(), end: z.int() }),
  agentRoles: z.array(z.string()),
  allowedOrigins: z.array(z.string()),
  maxRunningDeployments: z.int(),
  placementRanking: z.enum(PLACEMENT_RANKINGS),
  agentTimeoutMs: z.number(),
  ecsCalls: z.strictObject({ burst: z.number(), perSecond: z.number() }),
  maxVersions: z.int(),
  healthShards: z.int(),
  taskLogs: z.strictObject({ group: z.string(), retentionDays: z.int() }),
}) satisfies z.ZodType<SchedulerConfig>;

/** By logger: `INFO`, or `INFO (inherited)`. */
export const logLevels = z.record(z.string(), z.string());

/** `GET /stride/v1/openapi.json`. */
export const openApi = z.strictObject({
  openapi: z.string(),
  info: z.record(z.string(), z.unknown()),
  servers: z.array(z.record(z.string(), z.string())),
  tags: z.array(z.strictObject({ name: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())).describe('By path and method.'),
  components: z.strictObject({
    schemas: z.record(z.string(), z.unknown()),
    responses: z.record(z.string(), z.unknown()),
  }),
});
