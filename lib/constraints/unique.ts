import type { ConstraintQuestion } from './constraint-question.ts';

/** UNIQUE: no placed instance has the agent's value. */
export function isUnique({ offered, placed }: ConstraintQuestion): boolean {
  return placed.sizeOf(offered) === 0;
}
