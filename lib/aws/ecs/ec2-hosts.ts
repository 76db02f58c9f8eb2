import type { DescribeInstancesCommandOutput } from '@aws-sdk/client-ec2';
import { ClusterUnavailable } from '../../gateways/cluster.ts';
import type { HostFacts } from '../../model/agent.ts';
import type { AgentId } from '../../model/ids.ts';

/**
 * Asks EC2 for host names and addresses: Marathon's `host`, which ECS does not know. The client is loaded on first use
 * (1 MiB and 280 ms of cold start). Machines that EC2 does not know are left out.
 */
export function createHostLookup(): (agents: readonly AgentId[]) => Promise<readonly HostFacts[]> {
  let load: Promise<(agents: readonly AgentId[]) => Promise<DescribeInstancesCommandOutput>> | undefined;

  async function loadClient() {
    const { DescribeInstancesCommand, EC2Client } = await import('@aws-sdk/client-ec2');
    const client = new EC2Client({});
    return (agents: readonly AgentId[]) =>
      client.send(
        // A filter, unlike InstanceIds, does not refuse the whole call for one unknown machine.
        new DescribeInstancesCommand({ Filters: [{ Name: 'instance-id', Values: [...agents] }] }),
      );
  }

  return async (agents) => {
    if (agents.length === 0) return [];
    load ??= loadClient();
    const describe = await load;
    try {
      const answer = await describe(agents);
      return (answer.Reservations ?? [])
        .flatMap((reservation) => reservation.Instances ?? [])
        .flatMap(({ InstanceId, PrivateDnsName, PrivateIpAddress }) =>
          InstanceId === undefined
            ? []
            : [
                {
                  id: InstanceId as AgentId,
                  host: PrivateDnsName || PrivateIpAddress || InstanceId,
                  ipAddresses: PrivateIpAddress === undefined ? [] : [PrivateIpAddress],
                },
              ],
        );
    } catch (error) {
      throw new ClusterUnavailable('EC2 did not answer', { cause: error });
    }
  };
}
