import { countsAsPlaced, type PlacedInstance } from '../constraints/counts-as-placed.ts';
import { fieldValue } from '../constraints/field-value.ts';
import { ValueTally } from '../constraints/value-tally.ts';
import type { AgentId, InstanceId } from '../model/ids.ts';
import type { Instance } from '../model/instance.ts';
import type { RunSpec } from '../model/run-spec.ts';
import type { ClusterSnapshot } from '../model/schedule.ts';
import { AgentSearch } from './agent-search.ts';
import { eligibleValues } from './eligible-values.ts';
import { type BoundConstraint, type LaunchRequest, launchRequest } from './launch-request.ts';
import type { PlacementIndex } from './placement-index.ts';
import type { AskedConstraint, RequestClass } from './request-class.ts';
import { firstRefusal } from './rules/first-refusal.ts';
import { volumeZonesOf } from './volume-zones.ts';

const NOTHING_PLACED = new ValueTally();

/** One version of a run spec in the course of a plan: which of its instances are placed, and where. */
export class SpecState {
  readonly spec: RunSpec;
  readonly #index: PlacementIndex;
  /** What every instance without a reservation asks. */
  readonly request: LaunchRequest;
  readonly #search: AgentSearch;
  /** The instances counted before the plan, in order; kept only where constraints look at them. */
  #counted: readonly PlacedInstance[] = [];
  /** The list that they were counted in. */
  #known: readonly Instance[] | undefined;
  /** Ranks of the agents that the plan gives to instances that count, in its order. */
  #planned: number[] = [];
  /** How many gains there had been when no agent took one; undefined: not so, or something changed since. */
  #refusedAt: number | undefined;

  constructor(spec: RunSpec, snapshot: ClusterSnapshot, index: PlacementIndex, alike: RequestClass) {
    this.spec = spec;
    this.#index = index;
    this.#known = snapshot.instances.get(spec.id);
    if (alike.constraints.some(({ isMoving }) => isMoving)) this.#counted = countedIn(snapshot, spec);
    this.request = launchRequest(
      spec,
      alike,
      alike.constraints.map((asked) => this.#bind(asked, alike)),
    );
    this.#search = new AgentSearch(index.table, this.request);
  }

  /** What the instance asks of an agent. One that waits with a reservation counts, but not against itself. */
  requestFor(instance: Instance): LaunchRequest {
    const { reservation } = instance;
    const request = this.#isCounted(instance) ? this.#requestWithout(instance.id) : this.request;
    return reservation === undefined ? request : { ...request, reservedOn: reservation.agent };
  }

  /**
   * Goes on with a later snapshot over the same agents, when it counts what this state has counted and placed, or more
   * after that. False: it needs a new state. What GROUP_BY without a value keeps level depends on the agents' claims.
   */
  renew(snapshot: ClusterSnapshot): boolean {
    const { moving, localRegion, volumeZones } = this.request;
    if (localRegion !== snapshot.localRegion || moving.some(({ isLevel }) => isLevel)) return false;
    const zones = volumeZonesOf(this.spec, snapshot);
    if (zones !== volumeZones && zones.join(' ') !== volumeZones.join(' ')) return false;
    if (moving.length === 0) return true;
    const known = snapshot.instances.get(this.spec.id);
    if (known === this.#known && this.#planned.length === 0) return true;
    const counted = countedIn(snapshot, this.spec);
    const added = counted.slice(this.#counted.length);
    const goesOn = this.#counted.every((instance, at) => instance === counted[at]);
    if (!goesOn || !this.#planned.every((rank, at) => this.#isWherePlanned(added[at], rank))) return false;
    for (const { agent } of added.slice(this.#planned.length)) {
      this.#refusedAt = undefined;
      for (const { constraint, placed, everywhere } of moving) {
        const value = fieldValue(agent, constraint.field);
        placed.add(value);
        everywhere?.add(value);
      }
    }
    this.#counted = counted;
    this.#known = known;
    this.#planned = [];
    return true;
  }

  /** The rank of the agent that the instance goes to. */
  find(instance: Instance): number | undefined {
    const request = this.requestFor(instance);
    if (request.reservedOn !== undefined) return this.#reservedRank(request.reservedOn, request);
    if (request !== this.request) return new AgentSearch(this.#index.table, request).find();
    if (this.isRefused()) return undefined;
    const rank = this.#search.find();
    this.#refusedAt = rank === undefined ? this.#index.table.gains.length : undefined;
    return rank;
  }

  /** No agent took one, and none of those that may have become better since would. */
  isRefused(): boolean {
    if (this.#refusedAt === undefined) return false;
    const { gains } = this.#index.table;
    for (let at = this.#refusedAt; at < gains.length; at += 1) {
      const rank = gains[at];
      if (rank !== undefined && this.#search.isAccepted(rank)) {
        this.#refusedAt = undefined;
        return false;
      }
    }
    this.#refusedAt = gains.length;
    return true;
  }

  /** Notes that the plan places an instance of this run spec, made from `spec`; older configurations do not count. */
  place(instance: Instance, spec: RunSpec, rank: number): void {
    if (this.request.moving.length === 0) return;
    if (spec.versionInfo.lastConfigChangeAt < this.spec.versionInfo.lastConfigChangeAt) return;
    if (this.#isCounted(instance)) return;
    this.#refusedAt = undefined;
    this.#planned.push(rank);
    for (const { column, placed, everywhere } of this.request.moving) {
      const value = column.at(rank);
      placed.add(value);
      everywhere?.add(value);
    }
  }

  #isCounted(instance: Instance): boolean {
    return countsAsPlaced(instance, this.spec) && this.#counted.some(({ id }) => id === instance.id);
  }

  #isWherePlanned(instance: PlacedInstance | undefined, rank: number): boolean {
    return (
      instance !== undefined &&
      this.request.moving.every(
        ({ constraint: { field }, column }) => fieldValue(instance.agent, field) === column.at(rank),
      )
    );
  }

  #requestWithout(instance: InstanceId): LaunchRequest {
    const { spec, alike, constraints } = this.request;
    const without = constraints.map((bound) =>
      bound.isMoving ? { ...bound, placed: this.#tally(bound, bound.watched, instance) } : bound,
    );
    return launchRequest(spec, alike, without);
  }

  #bind(asked: AskedConstraint, alike: RequestClass): BoundConstraint {
    const { constraint, column, isMoving, isLevel } = asked;
    if (!isMoving) return { ...asked, placed: NOTHING_PLACED };
    if (constraint.operator !== 'GROUP_BY') return { ...asked, placed: this.#tally(asked) };
    const watched = isLevel ? eligibleValues(this.#index.table, alike, column) : undefined;
    const bound = { ...asked, placed: this.#tally(asked, watched), ...(watched && { watched }) };
    return alike.cells === undefined ? { ...bound, everywhere: this.#tally(asked, new Set(column.values)) } : bound;
  }

  #tally({ constraint, column }: AskedConstraint, watched?: ReadonlySet<string>, except?: InstanceId): ValueTally {
    const tally = new ValueTally(watched);
    for (const { id, agent } of this.#counted) if (id !== except) tally.add(fieldValue(agent, constraint.field));
    for (const rank of this.#planned) tally.add(column.at(rank));
    return tally;
  }

  #reservedRank(agent: AgentId, request: LaunchRequest): number | undefined {
    const rank = this.#index.table.rankOfAgent(agent);
    if (rank === undefined || firstRefusal(request, this.#index.candidate(rank)) !== undefined) return undefined;
    return rank;
  }
}

function countedIn({ instances }: ClusterSnapshot, spec: RunSpec): readonly PlacedInstance[] {
  return (instances.get(spec.id) ?? []).filter((instance) => countsAsPlaced(instance, spec));
}
