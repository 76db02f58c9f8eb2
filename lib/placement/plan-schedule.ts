import type { ClusterSnapshot, PendingLaunch, Placement, SchedulePlan, Unplaced } from '../model/schedule.ts';
import { spread } from '../model/spread.ts';
import { fairOrder } from './fair-order.ts';
import { PlacementIndex } from './placement-index.ts';
import { PlannedRefusals } from './refusals.ts';
import type { SpecState } from './spec-state.ts';
import { SpecStates } from './spec-states.ts';

/**
 * Decides where the pending instances go, one after another in fair order, each on the best agent that all rules
 * accept; then those left over again, until nothing more finds a place. Equal snapshots give equal plans, whatever the
 * order of their agents. Every pending instance is in exactly one list of the plan; an unplaced one is refused by every
 * agent as the plan leaves them.
 */
export function planSchedule(snapshot: ClusterSnapshot): SchedulePlan {
  const index = new PlacementIndex(snapshot.agents);
  const states = new SpecStates(snapshot, index);
  const placements: Placement[] = [];
  let waiting = fairOrder(snapshot.pending);
  for (;;) {
    const left: PendingLaunch[] = [];
    for (const launch of waiting) {
      const placement = placeOne(launch, states, index);
      if (placement === undefined) left.push(launch);
      else placements.push(placement);
    }
    if (left.length === waiting.length) return { placements, unplaced: unplacedOf(left, states, index) };
    waiting = left;
  }
}

/** Takes what the instance needs from the agent that it goes to, and counts it for the constraints of its run spec. */
function placeOne({ instance, spec }: PendingLaunch, states: SpecStates, index: PlacementIndex): Placement | undefined {
  const state = states.of(spec);
  const rank = state.find(instance);
  if (rank === undefined) return undefined;
  const { demand } = state.request;
  const start = demand.ports.dynamic === 0 ? 0 : spread(`${instance.id}.${instance.incarnation}`);
  const hostPorts = index.table.ports(rank).choose(demand.ports, start);
  index.table.take(rank, demand, hostPorts);
  for (const each of states.versionsOf(spec.id)) each.place(instance.id, state.spec, rank);
  return {
    instance: instance.id,
    runSpec: spec.id,
    agent: index.table.agent(rank).facts.id,
    resources: state.spec.resources,
    hostPorts,
  };
}

/** Instances that ask the same of an agent share their refusals. */
function unplacedOf(left: readonly PendingLaunch[], states: SpecStates, index: PlacementIndex): readonly Unplaced[] {
  const shared = new Map<SpecState, PendingLaunch['instance']['id'][]>();
  const unplaced: Unplaced[] = [];
  for (const { instance, spec } of left) {
    const state = states.of(spec);
    const request = state.requestFor(instance);
    const others = request === state.request ? shared.get(state) : undefined;
    if (others !== undefined) {
      others.push(instance.id);
      continue;
    }
    const instances = [instance.id];
    if (request === state.request) shared.set(state, instances);
    unplaced.push({ runSpec: spec.id, instances, refusals: new PlannedRefusals(index, request) });
  }
  return unplaced;
}
