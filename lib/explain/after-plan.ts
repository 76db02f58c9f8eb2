import { type Agent, toInstanceAgent } from '../model/agent.ts';
import { heldTogether } from '../model/held.ts';
import type { Instance } from '../model/instance.ts';
import type { ClusterSnapshot, SchedulePlan } from '../model/schedule.ts';

/** The snapshot of the moment in which a plan is carried out: what placements take is held, their instances run, the rest waits on. */
export function afterPlan(before: ClusterSnapshot, { placements }: SchedulePlan): ClusterSnapshot {
  const byAgent = Map.groupBy(placements, ({ agent }) => agent);
  const byInstance = new Map(placements.map((placement) => [placement.instance, placement]));
  const agents = before.agents.map((agent): Agent => {
    const added = byAgent.get(agent.facts.id);
    return added === undefined ? agent : { ...agent, held: heldTogether([agent.held, ...added]) };
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
