import type { ConstraintQuestion } from '../../../lib/constraints/constraint-question.ts';
import { ValueTally } from '../../../lib/constraints/value-tally.ts';

/** The question a test asks: `placed` as a list of values, undefined for an instance without one. */
export interface Asked {
  readonly offered: string;
  readonly value?: string;
  readonly placed?: readonly (string | undefined)[];
  readonly wanted?: number;
  readonly existing?: readonly string[];
}

export function tallyOf(values: readonly (string | undefined)[], existing: readonly string[] = []): ValueTally {
  const tally = new ValueTally(new Set(existing));
  for (const value of values) tally.add(value);
  return tally;
}

export function aQuestion({ offered, value = '', placed = [], wanted = 1, existing = [] }: Asked): ConstraintQuestion {
  return { offered, value, placed: tallyOf(placed, existing), wanted };
}
