import type { Agent } from '../../../lib/model/agent.ts';
import type { AgentId } from '../../../lib/model/ids.ts';
import type { OfferStatistics } from '../../../lib/model/offer-statistics.ts';
import { allToMillionths, fromMillionths } from '../../../lib/model/resource-amounts.ts';
import { type PortRange, type Resources, subtractResources } from '../../../lib/model/resources.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';

const NAMES = ['cpus', 'mem', 'disk', 'gpus'] as const satisfies readonly (keyof Resources)[];

/** What an agent has left, in millionths: registered less what others and our claims take. */
function freeMillionths({ facts, held }: Agent): Resources {
  return [facts.foreign, held.resources]
    .map(allToMillionths)
    .reduce(subtractResources, allToMillionths(facts.registered));
}

/** Ranges without the ports that are held. */
function freeRanges(ranges: readonly PortRange[], held: readonly number[]): readonly PortRange[] {
  return held.reduce<readonly PortRange[]>(
    (free, port) =>
      free.flatMap((range) => {
        if (port < range.begin || port > range.end) return [range];
        const parts = [
          { begin: range.begin, end: port - 1 },
          { begin: port + 1, end: range.end },
        ];
        return parts.filter(({ begin, end }) => begin <= end);
      }),
    ranges,
  );
}

function presentResources(agent: Agent) {
  const role = agent.facts.roles.includes('*') ? '*' : (agent.facts.roles[0] ?? '*');
  const free = freeMillionths(agent);
  return [
    ...NAMES.map((name) => ({ name, role, scalar: fromMillionths(Math.max(0, free[name])) })),
    { name: 'ports', role, ranges: freeRanges(agent.facts.ports, agent.held.hostPorts) },
  ];
}

/**
 * The last refusal of each agent (responses.md §8), with what the agent has left now. Agents that are gone have no
 * offer any more.
 */
export function presentUnusedOffers(
  offers: OfferStatistics | undefined,
  agents: ReadonlyMap<AgentId, Agent>,
): readonly unknown[] {
  const refusedBy = offers?.last.refusedBy ?? [];
  const timestamp = toTimestamp(offers?.last.at ?? 0);
  return refusedBy.flatMap(({ agent: id, reason }) => {
    const agent = agents.get(id);
    if (agent === undefined) return [];
    const offer = {
      id: `${id}-${offers?.last.at}`,
      hostname: agent.host.host,
      agentId: id,
      resources: presentResources(agent),
      attributes: Object.entries(agent.facts.attributes).map(([name, text]) => ({ name, text })),
    };
    return [{ offer, reason: [reason], timestamp }];
  });
}
