import type { ConstraintQuestion } from './constraint-question.ts';
import { matchesWhole } from './pattern.ts';

/** LIKE: the whole value matches the pattern. Without a pattern: never. */
export function isLike({ offered, value }: ConstraintQuestion): boolean {
  return value !== '' && matchesWhole(value, offered);
}
