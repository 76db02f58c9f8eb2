import type { PathId } from '../model/path-id.ts';
import type { Rejection } from '../model/rejection.ts';
import type { ClusterSnapshot, PendingLaunch, Placement, SchedulePlan, Unplaced } from '../model/schedule.ts';
import { Candidate } from './candidate.ts';
import { fairOrder } from './fair-order.ts';
import { chooseHostPorts } from './host-ports.ts';
import type { LaunchRequest } from './launch-request.ts';
import { isBetter, type Preference, preferenceOf } from './preference.ts';
import { firstRefusal } from './rules/first-refusal.ts';
import { SpecState } from './spec-state.ts';

/**
 * Decides where the pending instances go, one after another in fair order, each on the best agent that all rules
 * accept. Equal snapshots give equal plans, whatever the order of their agents. Every pending instance is in exactly
 * one list of the plan; an unplaced one has the first rejection of every agent, by agent id.
 */
export function planSchedule(snapshot: ClusterSnapshot): SchedulePlan {
  const candidates = [...snapshot.agents]
    .sort((a, b) => (a.facts.id < b.facts.id ? -1 : 1))
    .map((agent) => new Candidate(agent));
  const states = specStates(snapshot, candidates);
  const refusals = new Map<SpecState, Refusals>();
  const placements: Placement[] = [];
  const unplaced: Unplaced[] = [];

  for (const { instance, spec } of fairOrder(snapshot.pending)) {
    const state = stateOf(states, spec);
    const known = refusals.get(state);
    const isKnown = known?.placementsBefore === placements.length && instance.reservation === undefined;
    const search = isKnown ? known : findCandidate(state.requestFor(instance), candidates);
    if (search.kind === 'found') {
      placements.push(place(search, states));
    } else {
      unplaced.push({ instance: instance.id, runSpec: spec.id, rejections: search.rejections });
      if (instance.reservation === undefined) refusals.set(state, { ...search, placementsBefore: placements.length });
    }
  }
  return { placements, unplaced };
}

interface Found {
  readonly kind: 'found';
  readonly request: LaunchRequest;
  readonly candidate: Candidate;
}

interface NotFound {
  readonly kind: 'not-found';
  readonly rejections: readonly Rejection[];
}

/** The answer for one more instance of the same spec stays as it is until the plan places something. */
type Refusals = NotFound & { readonly placementsBefore: number };

function findCandidate(request: LaunchRequest, candidates: readonly Candidate[]): Found | NotFound {
  const rejections: Rejection[] = [];
  let best: { readonly candidate: Candidate; readonly preference: Preference } | undefined;
  for (const candidate of candidates) {
    const rejection = firstRefusal(request, candidate);
    if (rejection !== undefined) {
      rejections.push(rejection);
      continue;
    }
    const preference = preferenceOf(request, candidate);
    if (best === undefined || isBetter(preference, best.preference)) best = { candidate, preference };
  }
  return best === undefined ? { kind: 'not-found', rejections } : { kind: 'found', request, candidate: best.candidate };
}

/** Takes what the instance needs from the agent, and counts it for the constraints of its run spec. */
function place({ request, candidate }: Found, states: SpecStates): Placement {
  const { instance, spec } = request;
  const choice = chooseHostPorts(request.ports, candidate, instance);
  if (choice.kind !== 'chosen')
    throw new Error(`${candidate.agent.facts.id} lost ports of ${instance.id} while placing it`);
  candidate.take(spec.resources, choice.ports);
  for (const state of states.get(spec.id)?.values() ?? []) state.place(instance.id, spec, candidate);
  return {
    instance: instance.id,
    runSpec: spec.id,
    agent: candidate.agent.facts.id,
    resources: spec.resources,
    hostPorts: choice.ports,
  };
}

/** By run spec, then by version: an upgrade can have launches of two versions pending. */
type SpecStates = ReadonlyMap<PathId, ReadonlyMap<string, SpecState>>;

function specStates(snapshot: ClusterSnapshot, candidates: readonly Candidate[]): SpecStates {
  const states = new Map<PathId, Map<string, SpecState>>();
  for (const { spec, instance } of snapshot.pending) {
    const versions = states.get(spec.id) ?? new Map<string, SpecState>();
    states.set(spec.id, versions);
    if (!versions.has(spec.version)) versions.set(spec.version, new SpecState(spec, snapshot, candidates, instance));
  }
  return states;
}

function stateOf(states: SpecStates, spec: PendingLaunch['spec']): SpecState {
  const state = states.get(spec.id)?.get(spec.version);
  if (state === undefined) throw new Error(`no state for ${spec.id} ${spec.version}`);
  return state;
}
