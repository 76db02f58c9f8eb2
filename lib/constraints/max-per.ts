import type { ConstraintQuestion } from './constraint-question.ts';

/** MAX_PER: fewer than the given number have the agent's value; one always may, so 0 behaves like 1. */
export function isBelowMax({ offered, value, placed }: ConstraintQuestion): boolean {
  const size = placed.sizeOf(offered);
  return size === 0 || size < Number(value);
}
