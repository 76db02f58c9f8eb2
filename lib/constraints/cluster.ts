import type { ConstraintQuestion } from './constraint-question.ts';

/** CLUSTER: the given value (as plain text), else that of the first placed instance, else any. */
export function isInCluster({ offered, value, placed }: ConstraintQuestion): boolean {
  if (value !== '') return offered === value;
  return placed.total === 0 || placed.first === offered;
}
