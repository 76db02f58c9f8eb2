import type { ConstraintQuestion } from './constraint-question.ts';
import { isValidPattern, matchesWhole } from './pattern.ts';

/** UNLIKE: the whole value does not match the pattern. Without a pattern, or with a broken one: never. */
export function isUnlike({ offered, value }: ConstraintQuestion): boolean {
  return value !== '' && isValidPattern(value) && !matchesWhole(value, offered);
}
