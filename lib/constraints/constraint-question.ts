import type { ValueTally } from './value-tally.ts';

/** May an agent with this value take one more instance? */
export interface ConstraintQuestion {
  /** The agent's value of the constraint's field. */
  readonly offered: string;
  /** The constraint's value; empty when it has none, which is the same to every operator. */
  readonly value: string;
  /** Values of the instances that count as placed. */
  readonly placed: ValueTally;
  /** Wanted count of the run spec being placed. */
  readonly wanted: number;
  /** The field's values over the agents that could ever take the run spec. */
  readonly existing: ReadonlySet<string>;
}
