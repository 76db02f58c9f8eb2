import type { Candidate } from './candidate.ts';
import type { LaunchRequest } from './launch-request.ts';

/** Smaller is better, compared from the first number on. */
export type Preference = readonly number[];

/**
 * How an agent that fits ranks for one instance: the smallest group of each GROUP_BY first (design §8), then the
 * fullest agent, so that large instances still find whole agents later.
 */
export function preferenceOf(request: LaunchRequest, candidate: Candidate): Preference {
  const groupSizes = request.constraints
    .filter(({ constraint }) => constraint.operator === 'GROUP_BY')
    .map(({ constraint, placed }) => placed.sizeOf(candidate.valueAt(constraint.field)));
  return [...groupSizes, shareLeftFree(request, candidate)];
}

export function isBetter(a: Preference, b: Preference): boolean {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    if (value !== other) return value < other;
  }
  return false;
}

/** Sum of the free shares of cpus and memory once the instance is placed. */
function shareLeftFree({ spec }: LaunchRequest, { free, agent }: Candidate): number {
  const { registered } = agent.facts;
  return (
    shareOf(free.cpus - spec.resources.cpus, registered.cpus) + shareOf(free.mem - spec.resources.mem, registered.mem)
  );
}

function shareOf(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
