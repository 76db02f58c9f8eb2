import { ClusterUnavailable } from '../../gateways/cluster.ts';
import type { HostFacts } from '../../model/agent.ts';
import type { AgentId } from '../../model/ids.ts';
import type { Ec2Instance } from './describe-instances.ts';

/** Most values of one filter. */
const BATCH = 200;

function toHostFacts({ InstanceId, PrivateDnsName, PrivateIpAddress }: Ec2Instance): readonly HostFacts[] {
  if (InstanceId === undefined) return [];
  const host = PrivateDnsName || PrivateIpAddress || InstanceId;
  const ipAddresses = PrivateIpAddress === undefined ? [] : [PrivateIpAddress];
  return [{ id: InstanceId as AgentId, host, ipAddresses }];
}

/**
 * Asks EC2 for host names and addresses: Marathon's `host`, which ECS does not know. The client is loaded on first use:
 * ticks without new agents never pay its cold start. Machines that EC2 does not know are left out.
 */
export function createHostLookup(): (agents: readonly AgentId[]) => Promise<readonly HostFacts[]> {
  let describe: ((ids: readonly string[]) => Promise<readonly Ec2Instance[]>) | undefined;
  return async (agents) => {
    const found: HostFacts[] = [];
    for (let from = 0; from < agents.length; from += BATCH) {
      describe ??= (await import('./describe-instances.ts')).connectEc2();
      try {
        found.push(...(await describe(agents.slice(from, from + BATCH))).flatMap(toHostFacts));
      } catch (error) {
        throw new ClusterUnavailable('EC2 did not answer', { cause: error });
      }
    }
    return found;
  };
}
