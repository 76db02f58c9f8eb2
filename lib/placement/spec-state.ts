import { countsAsPlaced } from '../constraints/counts-as-placed.ts';
import { fieldValue } from '../constraints/field-value.ts';
import { ValueTally } from '../constraints/value-tally.ts';
import type { InstanceId } from '../model/ids.ts';
import type { Instance } from '../model/instance.ts';
import type { RunSpec } from '../model/run-spec.ts';
import type { ClusterSnapshot } from '../model/schedule.ts';
import { hostPortWishesOf } from '../model/spec-ports.ts';
import type { Candidate } from './candidate.ts';
import { eligibleCandidates } from './eligible-candidates.ts';
import type { BoundConstraint, LaunchRequest } from './launch-request.ts';

type ValueAt = (field: string) => string | undefined;

const NO_VALUES: ReadonlySet<string> = new Set();

/** One version of a run spec in the course of a plan: which of its instances are placed, and where. */
export class SpecState {
  readonly spec: RunSpec;
  readonly #request: Omit<LaunchRequest, 'instance'>;
  /** Counted instances in the order of the snapshot, then of the plan. */
  readonly #placed = new Map<InstanceId, ValueAt>();

  constructor(spec: RunSpec, snapshot: ClusterSnapshot, candidates: readonly Candidate[], example: Instance) {
    this.spec = spec;
    for (const instance of snapshot.instances.get(spec.id) ?? []) {
      if (!countsAsPlaced(instance, spec)) continue;
      const { agent } = instance;
      this.#placed.set(instance.id, (field) => fieldValue(agent, field));
    }
    const unbound = {
      spec,
      ports: hostPortWishesOf(spec),
      localRegion: snapshot.localRegion,
      constraints: spec.constraints.map((constraint) => ({
        constraint,
        placed: this.#tally(constraint.field),
        existing: NO_VALUES,
      })),
    };
    this.#request = { ...unbound, constraints: withExistingValues({ ...unbound, instance: example }, candidates) };
  }

  /** What the instance asks of an agent. One that waits with a reservation counts, but not against itself. */
  requestFor(instance: Instance): LaunchRequest {
    if (!this.#placed.has(instance.id)) return { ...this.#request, instance };
    const constraints = this.#request.constraints.map((bound) => ({
      ...bound,
      placed: this.#tally(bound.constraint.field, instance.id),
    }));
    return { ...this.#request, constraints, instance };
  }

  /** Notes that the plan places an instance of this run spec, made from `spec`; older configurations do not count. */
  place(instance: InstanceId, spec: RunSpec, candidate: Candidate): void {
    if (spec.versionInfo.lastConfigChangeAt < this.spec.versionInfo.lastConfigChangeAt) return;
    if (this.#placed.has(instance)) return;
    this.#placed.set(instance, (field) => candidate.valueAt(field));
    for (const { constraint, placed } of this.#request.constraints) placed.add(candidate.valueAt(constraint.field));
  }

  #tally(field: string, except?: InstanceId): ValueTally {
    const tally = new ValueTally();
    for (const [id, valueAt] of this.#placed) if (id !== except) tally.add(valueAt(field));
    return tally;
  }
}

function withExistingValues(request: LaunchRequest, candidates: readonly Candidate[]): readonly BoundConstraint[] {
  if (!request.constraints.some(({ constraint }) => constraint.operator === 'GROUP_BY')) return request.constraints;
  const eligible = eligibleCandidates(request, candidates);
  return request.constraints.map((bound) => {
    const values = eligible.map((candidate) => candidate.valueAt(bound.constraint.field));
    return { ...bound, existing: new Set(values.filter((value) => value !== undefined)) };
  });
}
