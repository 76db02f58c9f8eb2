import type { Agent } from '../../lib/model/agent.ts';
import type { Resources } from '../../lib/model/resources.ts';
import type { RunSpec } from '../../lib/model/run-spec.ts';
import type { ClusterSnapshot, SchedulePlan } from '../../lib/model/schedule.ts';

/** What a plan is worth, counted without the engine. */
export interface PlanCheck {
  readonly placed: number;
  readonly unplaced: number;
  /** Waiting instances by the reason that most agents refuse them for. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Placements against a constraint of their app. */
  readonly violations: number;
  /** Agents with more placed than is free. */
  readonly overCommitted: number;
  /** The most that the groups of a GROUP_BY app ever differ, over all prefixes of the plan. */
  readonly skew: number;
  /** The same over the placements for which an agent of a smaller group had room: 0 in a right plan. */
  readonly avoidableSkew: number;
  /** Free cpus of the agents used, before the plan, for each cpu placed: 1 wastes nothing. */
  readonly occupiedRatio: number;
}

const freeCpus = ({ facts }: Agent): number => facts.registered.cpus - facts.foreign.cpus;
const freeMem = ({ facts }: Agent): number => facts.registered.mem - facts.foreign.mem;
const zoneOf = (agent: Agent): number => Number(offeredBy(agent, 'zone').slice(1));

export function checkPlan({ agents, pending }: ClusterSnapshot, plan: SchedulePlan): PlanCheck {
  const agentById = new Map(agents.map((agent) => [agent.facts.id, agent]));
  const specById = new Map(pending.map(({ spec }) => [spec.id, spec]));
  const counts = new Map<string, number>();
  const loads = new Map<Agent, { cpus: number; mem: number }>();
  const skews = new Map<string, number[]>();
  const hasRoom = (agent: Agent, { cpus, mem }: Resources): boolean => {
    const load = loads.get(agent);
    // A hair less than free: amounts are added up as fractions here.
    return freeCpus(agent) - (load?.cpus ?? 0) >= cpus + 1e-6 && freeMem(agent) - (load?.mem ?? 0) >= mem + 1e-6;
  };
  let [violations, skew, avoidableSkew] = [0, 0, 0];
  for (const { agent: id, runSpec, resources } of plan.placements) {
    const [agent, spec] = [agentById.get(id), specById.get(runSpec)];
    if (agent === undefined || spec === undefined) throw new Error(`${runSpec} on ${id}: not asked for`);
    violations += countViolations(spec, agent, counts);
    if (spec.constraints.some(({ operator }) => operator === 'GROUP_BY')) {
      const sizes = skews.get(runSpec) ?? [0, 0, 0];
      const zone = zoneOf(agent);
      const smaller = sizes.flatMap((size, other) => (size < (sizes[zone] ?? 0) ? [other] : []));
      sizes[zone] = (sizes[zone] ?? 0) + 1;
      skews.set(runSpec, sizes);
      skew = Math.max(skew, Math.max(...sizes) - Math.min(...sizes));
      const hadRoom = (other: Agent): boolean => smaller.includes(zoneOf(other)) && hasRoom(other, resources);
      if (smaller.length > 0 && agents.some(hadRoom)) {
        avoidableSkew = Math.max(avoidableSkew, Math.max(...sizes) - Math.min(...sizes));
      }
    }
    const load = loads.get(agent) ?? { cpus: 0, mem: 0 };
    loads.set(agent, { cpus: load.cpus + resources.cpus, mem: load.mem + resources.mem });
  }
  const used = [...loads];
  const cpusPlaced = plan.placements.reduce((sum, { resources }) => sum + resources.cpus, 0);
  return {
    placed: plan.placements.length,
    unplaced: plan.unplaced.reduce((sum, { instances }) => sum + instances.length, 0),
    reasons: reasonsOf(plan),
    violations,
    overCommitted: used.filter(([agent, { cpus, mem }]) => cpus > freeCpus(agent) + 1e-6 || mem > freeMem(agent) + 1e-6)
      .length,
    skew,
    avoidableSkew,
    occupiedRatio: used.reduce((sum, [agent]) => sum + freeCpus(agent), 0) / cpusPlaced,
  };
}

/** Counts the placement, and says how many of its constraints it breaks. */
function countViolations({ id, constraints }: RunSpec, agent: Agent, counts: Map<string, number>): number {
  let broken = 0;
  for (const { field, operator, value = '' } of constraints) {
    const offered = offeredBy(agent, field);
    const key = `${id} ${field} ${offered}`;
    const size = (counts.get(key) ?? 0) + 1;
    counts.set(key, size);
    if (operator === 'UNIQUE' && size > 1) broken += 1;
    if (operator === 'MAX_PER' && size > Number(value)) broken += 1;
    if (operator === 'CLUSTER' && offered !== value) broken += 1;
    if (operator === 'LIKE' && !new RegExp(`^(?:${value})$`).test(offered)) broken += 1;
  }
  return broken;
}

function offeredBy({ host, facts }: Agent, field: string): string {
  return field === 'hostname' ? host.host : (facts.attributes[field] ?? '');
}

function reasonsOf({ unplaced }: SchedulePlan): Readonly<Record<string, number>> {
  const reasons: Record<string, number> = {};
  for (const { instances, refusals } of unplaced) {
    const [reason = 'no agents'] = Object.entries(refusals.byReason).toSorted(([, a], [, b]) => b - a)[0] ?? [];
    reasons[reason] = (reasons[reason] ?? 0) + instances.length;
  }
  return reasons;
}
