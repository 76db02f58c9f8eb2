import type { SchedulerConfig } from '../../../lib/model/config.ts';

/** Tools choose features by this: 1.5 and later means networks and pods. */
export const MARATHON_VERSION = '1.11.24';

/**
 * `GET /v2/info` (responses.md §9): every key that clients know, since some dereference them blindly. `null` stands
 * for what has no counterpart without Mesos and ZooKeeper. `host` and `port` are where clients reach the API.
 */
export function presentInfo(config: SchedulerConfig, host: string, port: number, scheme: 'http' | 'https') {
  return {
    name: 'marathon',
    version: MARATHON_VERSION,
    buildref: 'unknown',
    elected: true,
    leader: `${host}:${port}`,
    frameworkId: null,
    marathon_config: marathonConfig(config, host),
    zookeeper_config: zookeeperConfig(config),
    http_config: { http_port: scheme === 'http' ? port : null, https_port: scheme === 'https' ? port : null },
  };
}

function marathonConfig(config: SchedulerConfig, host: string) {
  return {
    access_control_allow_origin: config.allowedOrigins.length === 0 ? null : config.allowedOrigins.join(','),
    checkpoint: null,
    decline_offer_duration: null,
    default_network_name: null,
    env_vars_prefix: config.envVarsPrefix === '' ? null : config.envVarsPrefix,
    executor: '//cmd',
    failover_timeout: null,
    features: [],
    framework_name: config.scheduler,
    ha: true,
    hostname: host,
    launch_token: null,
    launch_token_refresh_interval: null,
    leader_proxy_connection_timeout_ms: null,
    leader_proxy_read_timeout_ms: null,
    local_port_max: config.servicePorts.end,
    local_port_min: config.servicePorts.begin,
    master: null,
    max_instances_per_offer: null,
    mesos_bridge_name: 'mesos-bridge',
    mesos_heartbeat_failure_threshold: null,
    mesos_heartbeat_interval: null,
    mesos_leader_ui_url: null,
    mesos_role: '*',
    mesos_user: null,
    new_group_enforce_role: 'off',
    min_revive_offers_interval: null,
    offer_matching_timeout: null,
    on_elected_prepare_timeout: null,
    reconciliation_initial_delay: null,
    reconciliation_interval: null,
    scale_apps_initial_delay: null,
    scale_apps_interval: null,
    store_cache: null,
    task_launch_confirm_timeout: null,
    task_launch_timeout: null,
    task_lost_expunge_initial_delay: null,
    task_lost_expunge_interval: null,
    task_reservation_timeout: null,
    webui_url: null,
    maintenance_mode: null,
  };
}

function zookeeperConfig(config: SchedulerConfig) {
  return {
    zk: null,
    zk_compression: null,
    zk_compression_threshold: null,
    zk_connection_timeout: null,
    zk_max_node_size: null,
    zk_max_versions: config.maxVersions,
    zk_session_timeout: null,
    zk_timeout: null,
  };
}
