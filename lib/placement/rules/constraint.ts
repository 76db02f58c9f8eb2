import { holds } from '../launch-request.ts';
import type { Rule } from './rule.ts';

/** All placement constraints hold; the first that does not is told. */
export const constraint: Rule = {
  name: 'constraint',
  reason: 'UnfulfilledConstraint',
  refuse({ constraints, spec }, candidate) {
    const failed = constraints.find((bound) => !holds(bound, spec, candidate.valueAt(bound.constraint.field)));
    if (failed === undefined) return undefined;
    const { field, operator, value } = failed.constraint;
    const offered = candidate.valueAt(field);
    return { field, operator, ...(value !== undefined && { value }), ...(offered !== undefined && { offered }) };
  },
};
