import type { PlacementRanking } from '../model/schedule.ts';

const STEPS_PER_WHOLE = 1e9;

/**
 * The share of an agent's cpus plus that of its memory, in whole billionths of an agent, so that equal amounts reached
 * on different ways are equal. Less than nothing is nothing. How full an agent is after a placement is its free share
 * minus the share that the instance takes.
 */
export function share(cpus: number, allCpus: number, mem: number, allMem: number): number {
  return Math.round((part(cpus, allCpus) + part(mem, allMem)) * STEPS_PER_WHOLE);
}

/** The smaller the earlier, by the free share: the fullest agent comes first, with `spread` the emptiest. */
export function placeInOrder(free: number, ranking: PlacementRanking): number {
  return ranking === 'binpack' ? free : 2 * STEPS_PER_WHOLE - free;
}

/** How much earlier an agent's place gets when an instance takes the share. */
export function advanceOf(taken: number, ranking: PlacementRanking): number {
  return ranking === 'binpack' ? taken : -taken;
}

function part(amount: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, amount / whole)) : 0;
}
