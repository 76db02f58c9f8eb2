import { isValidPattern } from '../constraints/pattern.ts';
import { CONSTRAINT_OPERATORS, type Constraint, type ConstraintOperator } from '../model/constraint.ts';

const INTEGER = /^[+-]?\d{1,10}$/;
const TEXT_OR_FLOAT = /^[a-zA-Z0-9_/.-]*$/;

/** What is wrong with an operator's value; undefined when nothing is (app-model.md §6). */
function valueError(operator: ConstraintOperator, value: string | undefined): string | undefined {
  switch (operator) {
    case 'UNIQUE':
      return value === undefined ? undefined : 'UNIQUE does not accept a value';
    case 'CLUSTER':
      return undefined;
    case 'GROUP_BY':
      return value === undefined || INTEGER.test(value)
        ? undefined
        : 'GROUP BY must define an integer value or else no value at all';
    case 'MAX_PER':
      return value !== undefined && INTEGER.test(value) ? undefined : 'MAX_PER requires an integer value';
    case 'LIKE':
    case 'UNLIKE':
      if (value === undefined || value === '') return 'LIKE and UNLIKE require a non-empty, regular expression value';
      return isValidPattern(value) ? undefined : 'is not a valid regular expression';
    case 'IS':
      return TEXT_OR_FLOAT.test(value ?? '')
        ? undefined
        : 'IS only supports Mesos text and float values (see http://mesos.apache.org/documentation/latest/attributes-resources/)';
  }
}

/** `["rack", "group_by", 3]` → a constraint, or what is wrong with it. Operators in any case (design §8). */
function readConstraint(parts: readonly (string | number)[]): Constraint | string {
  if (parts.length < 2 || parts.length > 3) return 'Each constraint must have either 2 or 3 fields';
  const [field = '', name = '', value] = parts.map(String);
  if (field === '') return 'illegal constraint specification';
  const operator = CONSTRAINT_OPERATORS.find((one) => one === name.toUpperCase());
  if (operator === undefined) {
    return 'operator must be one of the following UNIQUE, CLUSTER, GROUP_BY, LIKE, MAX_PER, UNLIKE or IS';
  }
  const error = valueError(operator, value);
  if (error !== undefined) return error;
  return value === undefined ? { field, operator } : { field, operator, value };
}

/** The good ones, and a message for each of the others. */
export function readConstraints(list: readonly (readonly (string | number)[])[]): {
  readonly constraints: readonly Constraint[];
  readonly errors: readonly string[];
} {
  const read = list.map(readConstraint);
  return {
    constraints: read.filter((one) => typeof one !== 'string'),
    errors: read.filter((one) => typeof one === 'string'),
  };
}
