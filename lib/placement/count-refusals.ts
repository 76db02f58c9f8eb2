import { holds, type LaunchRequest } from './launch-request.ts';
import type { PlacementIndex } from './placement-index.ts';
import { constraint } from './rules/constraint.ts';
import { enoughCpus, enoughDisk, enoughGpus, enoughMemory } from './rules/enough-resources.ts';
import { faultDomain } from './rules/fault-domain.ts';
import { RULES } from './rules/first-refusal.ts';
import { gpuPreference } from './rules/gpu-preference.ts';
import { hostPorts } from './rules/host-ports.ts';
import { maintenance } from './rules/maintenance.ts';
import { reservation } from './rules/reservation.ts';
import { role } from './rules/role.ts';
import type { Rule } from './rules/rule.ts';

/** Whether the rule lets the agent of this rank pass. */
type Passes = (rank: number) => boolean;

/** How many agents each rule refuses first: the sums of what `firstRefusal` says of each, from the index's columns. */
export function countRefusals(index: PlacementIndex, request: LaunchRequest): Readonly<Record<string, number>> {
  const checks = checksOf(index, request);
  const chain = RULES.map((rule) => checks.get(rule) ?? missing(rule));
  const counts = new Uint32Array(RULES.length);
  for (let rank = 0; rank < index.table.size; rank += 1) {
    const first = chain.findIndex((passes) => !passes(rank));
    if (first >= 0) counts[first] = (counts[first] ?? 0) + 1;
  }
  return Object.fromEntries(
    RULES.flatMap(({ name }, at) => {
      const count = counts[at] ?? 0;
      return count === 0 ? [] : [[name, count]];
    }),
  );
}

function checksOf(index: PlacementIndex, request: LaunchRequest): ReadonlyMap<Rule, Passes> {
  const { table } = index;
  const { spec, demand, reservedOn } = request;
  const { least, leastPorts, ports, sparesGpus } = demand;
  const lasting = index.lasting(request);
  const moving = request.moving.map((bound) => ({ bound, column: index.column(bound.constraint.field) }));
  const reserved = reservedOn === undefined ? undefined : table.rankOfAgent(reservedOn);
  const atLeast =
    (free: Float64Array, needed: number): Passes =>
    (rank) =>
      (free[rank] ?? 0) >= needed;
  return new Map<Rule, Passes>([
    [role, (rank) => lasting.role.has(rank)],
    [faultDomain, (rank) => lasting.faultDomain.has(rank)],
    [
      constraint,
      (rank) =>
        lasting.constraints.has(rank) && moving.every(({ bound, column }) => holds(bound, spec, column.at(rank))),
    ],
    [reservation, (rank) => reservedOn === undefined || rank === reserved],
    [maintenance, (rank) => lasting.maintenance.has(rank)],
    [enoughCpus, atLeast(table.cpus, least.cpus)],
    [enoughMemory, atLeast(table.mem, least.mem)],
    [enoughDisk, atLeast(table.disk, least.disk)],
    [enoughGpus, atLeast(table.gpus, least.gpus)],
    [
      hostPorts,
      ports.fixed.length === 0
        ? atLeast(table.freePorts, leastPorts)
        : (rank) => table.ports(rank).missing(ports) === undefined,
    ],
    [gpuPreference, (rank) => !sparesGpus || rank === reserved || (table.gpus[rank] ?? 0) <= 0],
  ]);
}

function missing(rule: Rule): never {
  throw new Error(`no check for the rule ${rule.name}`);
}
