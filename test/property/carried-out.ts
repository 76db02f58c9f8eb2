import type { LaunchId } from '../../lib/model/ids.ts';
import type { Instance } from '../../lib/model/instance.ts';
import type { ClusterSnapshot, SchedulePlan } from '../../lib/model/schedule.ts';

/** The snapshot of the next moment: placements are claims and running instances, the rest waits on. */
export function carriedOut(given: ClusterSnapshot, plan: SchedulePlan): ClusterSnapshot {
  const placed = new Map(plan.placements.map((placement) => [placement.instance, placement]));
  const withClaims = given.agents.map((agent) => ({
    ...agent,
    claims: [
      ...agent.claims,
      ...plan.placements
        .filter((placement) => placement.agent === agent.facts.id)
        .map((placement) => ({ ...placement, launch: placement.instance as string as LaunchId })),
    ],
  }));
  const instances = new Map(
    [...given.instances].map(([id, list]) => [
      id,
      list.map((instance) => running(instance, placed.get(instance.id)?.agent, given)),
    ]),
  );
  return {
    ...given,
    agents: withClaims,
    pending: given.pending.filter(({ instance }) => !placed.has(instance.id)),
    instances,
  };
}

function running(instance: Instance, at: string | undefined, { agents: all }: ClusterSnapshot): Instance {
  const agent = all.find(({ facts }) => facts.id === at);
  if (agent === undefined) return instance;
  const { id, arn, region, zone, attributes } = agent.facts;
  const { host, ipAddresses } = agent.host;
  return {
    ...instance,
    condition: 'Running',
    agent: { id, arn, host, ipAddresses, region, attributes, ...(zone !== undefined && { zone }) },
  };
}
