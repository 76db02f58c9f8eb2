import { isStatic } from '../constraints/constraint-holds.ts';
import { countsAsPlaced } from '../constraints/counts-as-placed.ts';
import { fieldValue } from '../constraints/field-value.ts';
import { groupCount } from '../constraints/group-by.ts';
import { ValueTally } from '../constraints/value-tally.ts';
import type { Constraint } from '../model/constraint.ts';
import type { AgentId, InstanceId } from '../model/ids.ts';
import type { Instance, InstanceAgent } from '../model/instance.ts';
import type { RunSpec } from '../model/run-spec.ts';
import type { ClusterSnapshot } from '../model/schedule.ts';
import { AgentSearch } from './agent-search.ts';
import { demandOf } from './demand.ts';
import { eligibleValues } from './eligible-values.ts';
import { type BoundConstraint, type LaunchRequest, launchRequest } from './launch-request.ts';
import type { PlacementIndex } from './placement-index.ts';
import { firstRefusal } from './rules/first-refusal.ts';

const NOTHING: ReadonlySet<string> = new Set();

/** One version of a run spec in the course of a plan: which of its instances are placed, and where. */
export class SpecState {
  readonly spec: RunSpec;
  readonly #index: PlacementIndex;
  /** What every instance without a reservation asks. */
  readonly request: LaunchRequest;
  readonly #search: AgentSearch;
  /** Where the instances counted before the plan run; kept only where constraints look at them. */
  readonly #before = new Map<InstanceId, InstanceAgent>();
  readonly #known: readonly Instance[] | undefined;
  /** Ranks of the agents that the plan gives to instances that count, in its order. */
  readonly #planned: number[] = [];
  /** How many gains there had been when no agent took one; undefined: not so, or something changed since. */
  #refusedAt: number | undefined;

  constructor(spec: RunSpec, snapshot: ClusterSnapshot, index: PlacementIndex) {
    this.spec = spec;
    this.#index = index;
    this.#known = snapshot.instances.get(spec.id);
    const about = { spec, demand: demandOf(spec), localRegion: snapshot.localRegion };
    if (spec.constraints.some((constraint) => !isStatic(constraint))) {
      for (const instance of this.#known ?? []) {
        if (countsAsPlaced(instance, spec)) this.#before.set(instance.id, instance.agent);
      }
    }
    const unbound = launchRequest(about, []);
    const fields = spec.constraints.flatMap(({ operator, field }) => (operator === 'GROUP_BY' ? [field] : []));
    this.request = launchRequest(
      about,
      spec.constraints.map((constraint) => this.#bind(constraint, unbound, fields)),
    );
    this.#search = new AgentSearch(index, this.request);
  }

  /** What the instance asks of an agent. One that waits with a reservation counts, but not against itself. */
  requestFor(instance: Instance): LaunchRequest {
    const { reservation } = instance;
    const isCounted = instance.agent !== undefined && this.#before.has(instance.id);
    const request = isCounted ? this.#requestWithout(instance.id) : this.request;
    return reservation === undefined ? request : { ...request, reservedOn: reservation.agent };
  }

  /**
   * Whether a later plan over the same agents may go on with this state: nothing that its constraints count has
   * changed. What GROUP_BY keeps level depends on the agents, which the index tells by its gains.
   */
  holdsFor(snapshot: ClusterSnapshot): boolean {
    const { moving, localRegion } = this.request;
    if (localRegion !== snapshot.localRegion) return false;
    if (moving.length === 0) return true;
    const isLevel = moving.some(({ watched }) => watched.size > 0);
    return !isLevel && this.#planned.length === 0 && snapshot.instances.get(this.spec.id) === this.#known;
  }

  /** The rank of the agent that the instance goes to. */
  find(instance: Instance): number | undefined {
    const request = this.requestFor(instance);
    if (request.reservedOn !== undefined) return this.#reservedRank(request.reservedOn, request);
    if (request !== this.request) return new AgentSearch(this.#index, request).find();
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
    if (instance.agent !== undefined && this.#before.has(instance.id)) return;
    this.#refusedAt = undefined;
    this.#planned.push(rank);
    for (const { constraint, placed, everywhere } of this.request.moving) {
      const value = this.#index.column(constraint.field).at(rank);
      placed.add(value);
      everywhere?.add(value);
    }
  }

  #requestWithout(instance: InstanceId): LaunchRequest {
    const constraints = this.request.constraints.map((bound) =>
      this.request.moving.includes(bound)
        ? { ...bound, placed: this.#tally(bound.constraint.field, bound.watched, instance) }
        : bound,
    );
    return launchRequest(this.request, constraints);
  }

  #bind(constraint: Constraint, unbound: LaunchRequest, fields: readonly string[]): BoundConstraint {
    const { field, operator, value = '' } = constraint;
    if (isStatic(constraint)) return { constraint, placed: new ValueTally(), watched: NOTHING };
    const isGroup = operator === 'GROUP_BY';
    const watched = isGroup && groupCount(value) === 0 ? eligibleValues(this.#index, unbound, field) : NOTHING;
    const placed = this.#tally(field, watched);
    if (!isGroup || this.#index.cells(fields) !== undefined) return { constraint, placed, watched };
    const everywhere = this.#tally(field, new Set(this.#index.column(field).values));
    return { constraint, placed, watched, everywhere };
  }

  #tally(field: string, watched: ReadonlySet<string>, except?: InstanceId): ValueTally {
    const tally = new ValueTally(watched);
    for (const [id, agent] of this.#before) if (id !== except) tally.add(fieldValue(agent, field));
    for (const rank of this.#planned) tally.add(this.#index.column(field).at(rank));
    return tally;
  }

  #reservedRank(agent: AgentId, request: LaunchRequest): number | undefined {
    const rank = this.#index.table.rankOfAgent(agent);
    if (rank === undefined || firstRefusal(request, this.#index.candidate(rank)) !== undefined) return undefined;
    return rank;
  }
}
