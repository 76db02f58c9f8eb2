import type { Constraint, ConstraintOperator } from '../model/constraint.ts';
import { isInCluster } from './cluster.ts';
import type { ConstraintQuestion, PlacedContext } from './constraint-question.ts';
import { keepsGroupsEven } from './group-by.ts';
import { isEqual } from './is.ts';
import { isLike } from './like.ts';
import { isBelowMax } from './max-per.ts';
import { isUnique } from './unique.ts';
import { isUnlike } from './unlike.ts';

const OPERATORS: Readonly<Record<ConstraintOperator, (question: ConstraintQuestion) => boolean>> = {
  UNIQUE: isUnique,
  CLUSTER: isInCluster,
  GROUP_BY: keepsGroupsEven,
  LIKE: isLike,
  UNLIKE: isUnlike,
  MAX_PER: isBelowMax,
  IS: isEqual,
};

/**
 * Whether an agent satisfies one constraint. An agent without the field's value satisfies UNLIKE and nothing else,
 * decided before the operator is looked at (scheduling.md §2.2).
 */
export function constraintHolds(
  constraint: Constraint,
  offered: string | undefined,
  { placed, wanted }: PlacedContext,
): boolean {
  if (offered === undefined) return constraint.operator === 'UNLIKE';
  return OPERATORS[constraint.operator]({ placed, wanted, offered, value: constraint.value ?? '' });
}

/** True when the answer depends on the agent alone and not on what is placed. */
export function isStatic({ operator, value }: Constraint): boolean {
  return (
    operator === 'LIKE' ||
    operator === 'UNLIKE' ||
    operator === 'IS' ||
    (operator === 'CLUSTER' && value !== undefined && value !== '')
  );
}
