import { constraintHolds } from '../constraints/constraint-holds.ts';
import type { ValueTally } from '../constraints/value-tally.ts';
import type { Constraint } from '../model/constraint.ts';
import type { Instance } from '../model/instance.ts';
import type { RunSpec } from '../model/run-spec.ts';
import type { HostPortWish } from '../model/spec-ports.ts';
import type { Candidate } from './candidate.ts';

/** A constraint with what is placed so far: the tally grows as the plan does. */
export interface BoundConstraint {
  readonly constraint: Constraint;
  readonly placed: ValueTally;
  /** The field's values over the agents that could ever take the run spec. */
  readonly existing: ReadonlySet<string>;
}

/** What one instance asks of an agent: all that the rules look at. */
export interface LaunchRequest {
  readonly instance: Instance;
  readonly spec: RunSpec;
  readonly constraints: readonly BoundConstraint[];
  readonly ports: readonly HostPortWish[];
  readonly localRegion: string;
}

export function meets(
  { constraint, placed, existing }: BoundConstraint,
  request: LaunchRequest,
  candidate: Candidate,
): boolean {
  return constraintHolds(constraint, candidate.valueAt(constraint.field), {
    placed,
    existing,
    wanted: request.spec.instances,
  });
}
