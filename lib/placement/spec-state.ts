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

/** Where a counted instance is: as recorded at its launch, or the rank of the agent that the plan gives it. */
type Where = InstanceAgent | number;

const NOTHING: ReadonlySet<string> = new Set();

/** One version of a run spec in the course of a plan: which of its instances are placed, and where. */
export class SpecState {
  readonly spec: RunSpec;
  readonly #index: PlacementIndex;
  /** What every instance without a reservation asks. */
  readonly request: LaunchRequest;
  readonly #search: AgentSearch;
  /** Counted instances in the order of the snapshot, then of the plan; kept only where constraints look at them. */
  readonly #placed = new Map<InstanceId, Where>();
  /** The state of the index in which no agent took one, while nothing of this run spec was placed since. */
  #refusedAt: number | undefined;

  constructor(spec: RunSpec, snapshot: ClusterSnapshot, index: PlacementIndex) {
    this.spec = spec;
    this.#index = index;
    const about = { spec, demand: demandOf(spec), localRegion: snapshot.localRegion };
    if (spec.constraints.some((constraint) => !isStatic(constraint))) {
      for (const instance of snapshot.instances.get(spec.id) ?? []) {
        if (countsAsPlaced(instance, spec)) this.#placed.set(instance.id, instance.agent);
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
    const isCounted = this.#placed.size > 0 && this.#placed.has(instance.id);
    const request = isCounted ? this.#requestWithout(instance.id) : this.request;
    return reservation === undefined ? request : { ...request, reservedOn: reservation.agent };
  }

  /** The rank of the agent that the instance goes to. */
  find(instance: Instance): number | undefined {
    const request = this.requestFor(instance);
    if (request.reservedOn !== undefined) return this.#reservedRank(request.reservedOn, request);
    if (request !== this.request) return new AgentSearch(this.#index, request).find();
    const { gains } = this.#index.table;
    if (this.#refusedAt === gains) return undefined;
    const rank = this.#search.find();
    this.#refusedAt = rank === undefined ? gains : undefined;
    return rank;
  }

  /** Notes that the plan places an instance of this run spec, made from `spec`; older configurations do not count. */
  place(instance: InstanceId, spec: RunSpec, rank: number): void {
    if (this.request.moving.length === 0) return;
    if (spec.versionInfo.lastConfigChangeAt < this.spec.versionInfo.lastConfigChangeAt) return;
    if (this.#placed.has(instance)) return;
    this.#refusedAt = undefined;
    this.#placed.set(instance, rank);
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
    for (const [id, where] of this.#placed) {
      if (id === except) continue;
      tally.add(typeof where === 'number' ? this.#index.column(field).at(where) : fieldValue(where, field));
    }
    return tally;
  }

  #reservedRank(agent: AgentId, request: LaunchRequest): number | undefined {
    const rank = this.#index.table.rankOfAgent(agent);
    if (rank === undefined || firstRefusal(request, this.#index.candidate(rank)) !== undefined) return undefined;
    return rank;
  }
}
