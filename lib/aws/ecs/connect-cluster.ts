import { ECSClient } from '@aws-sdk/client-ecs';
import type { Cluster } from '../../gateways/cluster.ts';
import { createHostLookup } from './ec2-hosts.ts';
import { createEcsCluster } from './ecs-cluster.ts';

/** A full sweep of 10,000 tasks reads twice ECS's burst: its calls are spaced and repeated, not given up. */
const READ_ATTEMPTS = 10;

/** The cluster gateway with clients made from the environment (region, credentials, endpoint). */
export function connectCluster(cluster: string): Cluster {
  return createEcsCluster({
    client: new ECSClient({ retryMode: 'adaptive', maxAttempts: READ_ATTEMPTS }),
    launchClient: new ECSClient({ maxAttempts: 1 }),
    cluster,
    describeHosts: createHostLookup(),
  });
}
