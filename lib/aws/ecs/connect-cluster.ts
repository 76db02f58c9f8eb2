import { ECSClient } from '@aws-sdk/client-ecs';
import type { Cluster } from '../../gateways/cluster.ts';
import { createHostLookup } from './ec2-hosts.ts';
import { createEcsCluster } from './ecs-cluster.ts';

/** The cluster gateway with clients made from the environment (region, credentials, endpoint). */
export function connectCluster(cluster: string): Cluster {
  return createEcsCluster({
    client: new ECSClient({}),
    launchClient: new ECSClient({ maxAttempts: 1 }),
    cluster,
    describeHosts: createHostLookup(),
  });
}
