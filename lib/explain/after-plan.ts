import { type Agent, toInstanceAgent } from '../model/agent.ts';
import type { LaunchId } from '../model/ids.ts';
import type { Instance } from '../model/instance.ts';
import type { ClusterSnapshot, Placement, SchedulePlan } from '../model/schedule.ts';

const claimOf = (placement: Placement) => ({ ...placement, launch: `planned ${placement.instance}` as LaunchId });

/** The snapshot of the moment in which a plan is carried out: placements are claims and instances that run, the rest waits on. */
export function afterPlan(before: ClusterSnapshot, { placements }: SchedulePlan): ClusterSnapshot {
  const byAgent = Map.groupBy(placements, ({ agent }) => agent);
  const byInstance = new Map(placements.map((placement) => [placement.instance, placement]));
  const agents = before.agents.map((agent): Agent => {
    const added = byAgent.get(agent.facts.id);
    return added === undefined ? agent : { ...agent, claims: [...agent.claims, ...added.map(claimOf)] };
  });
  const agentById = new Map(agents.map((agent) => [agent.facts.id, agent]));
  const running = (instance: Instance): Instance => {
    const placement = byInstance.get(instance.id);
    const agent = placement && agentById.get(placement.agent);
    return agent === undefined ? instance : { ...instance, condition: 'Running', agent: toInstanceAgent(agent) };
  };
  return {
    ...before,
    agents,
    pending: before.pending.filter(({ instance }) => !byInstance.has(instance.id)),
    instances: new Map([...before.instances].map(([id, list]) => [id, list.map(running)])),
  };
}
