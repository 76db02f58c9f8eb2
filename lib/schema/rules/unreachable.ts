import type { UnreachableStrategy } from '../../model/run-spec.ts';
import { unless, type Violation } from './violation.ts';

/** The rule on `unreachableStrategy` (app-model.md §11); `path` leads to it. */
export function unreachableViolations(strategy: UnreachableStrategy, path: string): readonly Violation[] {
  if (strategy === 'disabled') return [];
  const { inactiveAfterSeconds: inactive, expungeAfterSeconds: expunge } = strategy;
  return unless(
    inactive <= expunge,
    `${path}/inactiveAfterSeconds`,
    `inactiveAfterSeconds (${inactive}) must be less or equal to expungeAfterSeconds, which is ${expunge}`,
  );
}
