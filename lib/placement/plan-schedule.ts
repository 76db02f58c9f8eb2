import type { DiskShare } from '../model/agent-disk.ts';
import type { InstanceId } from '../model/ids.ts';
import type { ClusterSnapshot, Placement, SchedulePlan, Unplaced } from '../model/schedule.ts';
import { NO_SLOTS } from '../model/slots.ts';
import { spread } from '../model/spread.ts';
import type { AgentTable } from './agent-table.ts';
import type { Demand } from './demand.ts';
import { fairOrder } from './fair-order.ts';
import type { PlacementIndex } from './placement-index.ts';
import { PlacementMemory } from './placement-memory.ts';
import { PlannedRefusals } from './refusals.ts';
import type { SpecState } from './spec-state.ts';
import { type Turn, turnsOf } from './turns.ts';

/**
 * Decides where the pending instances go, one after another in fair order, each on the best agent that all rules
 * accept; then those left over again, until nothing more finds a place. Equal snapshots give equal plans, whatever the
 * order of their agents. Every pending instance is in exactly one list of the plan; an unplaced one is refused by every
 * agent as the plan leaves them. A memory kept between plans makes them cheaper and changes nothing else.
 */
export function planSchedule(snapshot: ClusterSnapshot, memory = new PlacementMemory()): SchedulePlan {
  const { index, states } = memory.prepare(snapshot);
  const refused = states.allRefused();
  if (refused !== undefined) {
    return { placements: [], unplaced: refused.map(({ state, instances }) => unplaced(state, instances, index)) };
  }
  const placements: Placement[] = [];
  let waiting = fairOrder(turnsOf(snapshot.pending, states));
  for (;;) {
    const left: Turn[] = [];
    for (const turn of waiting) {
      const rank = turn.state.find(turn.instance);
      if (rank === undefined) left.push(turn);
      else placements.push(place(turn, rank, index));
    }
    if (left.length === waiting.length) {
      index.catchUpOne();
      return { placements, unplaced: unplacedOf(left, index) };
    }
    waiting = left;
  }
}

/** Takes what the instance needs from the agent that it goes to, and counts it for the constraints of its run spec. */
function place({ instance, state, versions }: Turn, rank: number, { table }: PlacementIndex): Placement {
  const { spec, request } = state;
  const { ports, resources, slots } = request.demand;
  const hostPorts =
    ports.wishes.length === 0
      ? []
      : table.ports(rank).choose(ports, ports.dynamic === 0 ? 0 : spread(`${instance.id}.${instance.incarnation}`));
  const disks = disksFor(request.demand, rank, table);
  table.take(rank, request.demand, hostPorts, disks);
  for (const each of versions) each.place(instance, spec, rank);
  const placement = {
    instance: instance.id,
    runSpec: spec.id,
    agent: table.agent(rank).facts.id,
    resources,
    hostPorts,
  };
  // Most have neither: conditional fields would cost each placement a copy.
  if (disks.length === 0 && slots === NO_SLOTS) return placement;
  return { ...placement, ...(disks.length > 0 && { disks }), ...(slots !== NO_SLOTS && { slots }) };
}

const NO_SHARES: readonly DiskShare[] = [];

function disksFor({ disks }: Demand, rank: number, table: AgentTable): readonly DiskShare[] {
  if (disks.length === 0) return NO_SHARES;
  const shares = table.disks(rank).choose(disks);
  if (shares === undefined) throw new RangeError(`no disks for the volumes on agent ${table.agent(rank).facts.id}`);
  return shares;
}

/** Instances that ask the same of an agent share their refusals. */
function unplacedOf(left: readonly Turn[], index: PlacementIndex): readonly Unplaced[] {
  const shared = new Map<SpecState, InstanceId[]>();
  const lists: Unplaced[] = [];
  for (const { instance, state } of left) {
    const request = state.requestFor(instance);
    const others = request === state.request ? shared.get(state) : undefined;
    if (others !== undefined) {
      others.push(instance.id);
      continue;
    }
    const instances = [instance.id];
    if (request === state.request) shared.set(state, instances);
    lists.push(unplaced(state, instances, index, request));
  }
  return lists;
}

function unplaced(
  { spec, request }: SpecState,
  instances: readonly InstanceId[],
  index: PlacementIndex,
  asked = request,
): Unplaced {
  return { runSpec: spec.id, instances, refusals: new PlannedRefusals(index, asked) };
}
