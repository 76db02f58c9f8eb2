import { expect, test } from 'vitest';
import { presentInfo } from '../../../functions/api/presenters/info.ts';
import { aConfig } from '../../fixtures/a-config.ts';

/** The keys of responses.md §9, which are all that marathon-python knows and all that it wants. */
const KEYS = {
  top: 'name version buildref elected leader frameworkId marathon_config zookeeper_config http_config',
  marathon_config:
    'access_control_allow_origin checkpoint decline_offer_duration default_network_name env_vars_prefix executor failover_timeout features framework_name ha hostname launch_token launch_token_refresh_interval leader_proxy_connection_timeout_ms leader_proxy_read_timeout_ms local_port_max local_port_min master max_instances_per_offer mesos_bridge_name mesos_heartbeat_failure_threshold mesos_heartbeat_interval mesos_leader_ui_url mesos_role mesos_user new_group_enforce_role min_revive_offers_interval offer_matching_timeout on_elected_prepare_timeout reconciliation_initial_delay reconciliation_interval scale_apps_initial_delay scale_apps_interval store_cache task_launch_confirm_timeout task_launch_timeout task_lost_expunge_initial_delay task_lost_expunge_interval task_reservation_timeout webui_url maintenance_mode',
  zookeeper_config:
    'zk zk_compression zk_compression_threshold zk_connection_timeout zk_max_node_size zk_max_versions zk_session_timeout zk_timeout',
  http_config: 'http_port https_port',
};

test('the keys of each object, in order', () => {
  const info = presentInfo(aConfig(), 'api.example', 8080, 'http');
  expect({
    top: Object.keys(info).join(' '),
    marathon_config: Object.keys(info.marathon_config).join(' '),
    zookeeper_config: Object.keys(info.zookeeper_config).join(' '),
    http_config: Object.keys(info.http_config).join(' '),
  }).toEqual(KEYS);
});

test('what this scheduler can say', () => {
  const info = presentInfo(aConfig({ envVarsPrefix: 'X_', maxVersions: 7 }), 'api.example', 443, 'https');
  expect(info).toMatchObject({
    name: 'marathon',
    version: expect.stringMatching(/^1\.11\.\d+$/),
    elected: true,
    leader: 'api.example:443',
    frameworkId: null,
    marathon_config: {
      env_vars_prefix: 'X_',
      framework_name: 'stride',
      hostname: 'api.example',
      local_port_min: 10_000,
      local_port_max: 20_000,
      mesos_role: '*',
    },
    zookeeper_config: { zk: null, zk_max_versions: 7 },
    http_config: { http_port: null, https_port: 443 },
  });
  expect(presentInfo(aConfig(), 'localhost', 8080, 'http')).toMatchObject({
    marathon_config: { env_vars_prefix: null },
    http_config: { http_port: 8080, https_port: null },
  });
});
