import type { ValueTally } from './value-tally.ts';

/** What is placed already, as one constraint sees it. */
export interface PlacedContext {
  /** Values of the instances that count as placed; watched are the values over the agents that could ever take one. */
  readonly placed: ValueTally;
  /** Wanted count of the run spec being placed. */
  readonly wanted: number;
}

/** May an agent with this value take one more instance? */
export interface ConstraintQuestion extends PlacedContext {
  /** The agent's value of the constraint's field. */
  readonly offered: string;
  /** The constraint's value; empty when it has none, which is the same to every operator. */
  readonly value: string;
}
