import { type Instance, isTerminal } from '../model/instance.ts';

/** Considered terminal when waiting for an end: ended, never launched, or out of reach (deployments.md §4). */
export const hasLetGo = ({ condition, goal }: Instance): boolean =>
  isTerminal(condition) ||
  condition === 'Unreachable' ||
  condition === 'UnreachableInactive' ||
  (goal !== 'Running' && condition === 'Scheduled');
