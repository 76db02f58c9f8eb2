import type { ConstraintQuestion } from './constraint-question.ts';

const INFINITE = 2 ** 31 - 1;

/** GROUP_BY: an even spread over the agents' values. The number given is how many groups there may be. */
export function keepsGroupsEven(question: ConstraintQuestion): boolean {
  const groups = groupCount(question.value);
  return groups > 0 ? isWithinShare(question, groups) : isSmallestGroup(question);
}

/** The most groups that a GROUP_BY may make. None, empty or unparsable: 0, no limit (scheduling.md §2.3). */
export function groupCount(value: string): number {
  if (value === 'inf') return INFINITE;
  return /^[+-]?\d+$/.test(value) ? Number(value) : 0;
}

/**
 * Marathon 1.11's "fixed share" (MARATHON-8752): each group takes `wanted div groups`, and the remainder one each, in
 * any order. `wanted` is the count of the spec being placed, not that of an instance placed earlier (design §8).
 */
function isWithinShare({ offered, placed, wanted }: ConstraintQuestion, groups: number): boolean {
  const share = Math.floor(wanted / groups);
  const size = placed.sizeOf(offered);
  if (size === 0) return placed.groups < groups;
  if (size < share) return true;
  return size === share && (wanted % groups) - placed.beyond(share) > 0;
}

/** Marathon 1.10's "keep level", over every value that exists among the agents, so that no order of agents matters. */
function isSmallestGroup({ offered, placed }: ConstraintQuestion): boolean {
  return placed.sizeOf(offered) <= placed.smallest;
}
