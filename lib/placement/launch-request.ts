import { constraintHolds } from '../constraints/constraint-holds.ts';
import type { ValueTally } from '../constraints/value-tally.ts';
import type { AgentId } from '../model/ids.ts';
import type { RunSpec } from '../model/run-spec.ts';
import type { Demand } from './demand.ts';
import type { AskedConstraint, RequestClass } from './request-class.ts';

/** A constraint with what is placed so far: the tally grows as the plan does. */
export interface BoundConstraint extends AskedConstraint {
  readonly placed: ValueTally;
  /** For GROUP_BY without a value: the values of the field over the agents that could ever take the run spec. */
  readonly watched?: ReadonlySet<string>;
  /** The same tally watching every value that an agent has; kept for GROUP_BYs over many values. */
  readonly everywhere?: ValueTally;
}

/** What one instance asks of an agent: all that the rules look at. Equal for all instances of a run spec version. */
export interface LaunchRequest {
  readonly spec: RunSpec;
  readonly alike: RequestClass;
  readonly demand: Demand;
  readonly localRegion: string;
  readonly volumeZones: readonly string[];
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
  spec: RunSpec,
  alike: RequestClass,
  constraints: readonly BoundConstraint[],
): LaunchRequest {
  const { demand, localRegion, volumeZones } = alike;
  const moving: BoundConstraint[] = [];
  const groups: BoundConstraint[] = [];
  const clusters: BoundConstraint[] = [];
  for (const bound of constraints) {
    if (!bound.isMoving) continue;
    moving.push(bound);
    if (bound.constraint.operator === 'GROUP_BY') groups.push(bound);
    else if (bound.constraint.operator === 'CLUSTER') clusters.push(bound);
  }
  return { spec, alike, demand, localRegion, volumeZones, constraints, moving, groups, clusters };
}

/** Whether an agent with this value of the constraint's field may take one more. */
export function holds({ constraint, placed }: BoundConstraint, spec: RunSpec, value: string | undefined): boolean {
  return constraintHolds(constraint, value, { placed, wanted: spec.instances });
}
