import { isValidPattern } from '../constraints/pattern.ts';
import { CONSTRAINT_OPERATORS, type Constraint } from '../model/constraint.ts';

/** `["path", "LIKE", "/ssd/.*"]` → a constraint on the disk of a persistent volume, or what is wrong with it. */
function readVolumeConstraint(parts: readonly string[]): Constraint | string {
  if (parts.length === 0) return 'Missing field and operator';
  const [field, name, value] = parts;
  if (field !== 'path' || name === undefined || value === undefined) return `Unsupported constraint ${parts.join(',')}`;
  const operator = CONSTRAINT_OPERATORS.find((one) => one === name);
  if (operator === undefined) return `unknown constraint operator ${name}`;
  if (operator !== 'LIKE' && operator !== 'UNLIKE') return 'Operator must be one of LIKE, UNLIKE';
  return isValidPattern(value) ? { field, operator, value } : 'Invalid regular expression';
}

/** The good ones, and a message for each of the others (app-model.md §7.1). */
export function readVolumeConstraints(list: readonly (readonly string[])[]): {
  readonly constraints: readonly Constraint[];
  readonly errors: readonly string[];
} {
  const read = list.map(readVolumeConstraint);
  return {
    constraints: read.filter((one) => typeof one !== 'string'),
    errors: read.filter((one) => typeof one === 'string'),
  };
}
