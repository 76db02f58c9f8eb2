import { constraintHolds, isStatic } from '../constraints/constraint-holds.ts';
import type { ValueTally } from '../constraints/value-tally.ts';
import type { Constraint, ConstraintOperator } from '../model/constraint.ts';
import type { AgentId } from '../model/ids.ts';
import type { RunSpec } from '../model/run-spec.ts';
import type { Demand } from './demand.ts';

/** A constraint with what is placed so far: the tally grows as the plan does. */
export interface BoundConstraint {
  readonly constraint: Constraint;
  readonly placed: ValueTally;
  /** For GROUP_BY without a value: the values of the field over the agents that could ever take the run spec. */
  readonly watched: ReadonlySet<string>;
  /** The same tally watching every value that an agent has; kept for GROUP_BYs over many values. */
  readonly everywhere?: ValueTally;
}

/** What one instance asks of an agent: all that the rules look at. Equal for all instances of a run spec version. */
export interface LaunchRequest {
  readonly spec: RunSpec;
  readonly demand: Demand;
  readonly localRegion: string;
  readonly constraints: readonly BoundConstraint[];
  /** Those of `constraints` whose answer depends on what is placed. */
  readonly moving: readonly BoundConstraint[];
  /** The GROUP_BYs among them, which also rank the agents. */
  readonly groups: readonly BoundConstraint[];
  /** The CLUSTERs among them: the first instance decides where all others go. */
  readonly clusters: readonly BoundConstraint[];
  /** The agent that holds the instance's reservation. */
  readonly reservedOn?: AgentId;
}

export function launchRequest(
  about: Pick<LaunchRequest, 'spec' | 'demand' | 'localRegion'>,
  constraints: readonly BoundConstraint[],
): LaunchRequest {
  const { spec, demand, localRegion } = about;
  const moving = constraints.filter(({ constraint }) => !isStatic(constraint));
  const ofOperator = (operator: ConstraintOperator) =>
    moving.filter(({ constraint }) => constraint.operator === operator);
  return {
    spec,
    demand,
    localRegion,
    constraints,
    moving,
    groups: ofOperator('GROUP_BY'),
    clusters: ofOperator('CLUSTER'),
  };
}

/** Whether an agent with this value of the constraint's field may take one more. */
export function holds({ constraint, placed }: BoundConstraint, spec: RunSpec, value: string | undefined): boolean {
  return constraintHolds(constraint, value, { placed, wanted: spec.instances });
}
