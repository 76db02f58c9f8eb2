const STEPS_PER_WHOLE = 1e9;

/**
 * The share of an agent's cpus plus that of its memory, in whole billionths of an agent, so that equal amounts reached
 * on different ways are equal. Less than nothing is nothing. How full an agent is after a placement is its free share
 * minus the share that the instance takes.
 */
export function share(cpus: number, allCpus: number, mem: number, allMem: number): number {
  return Math.round((part(cpus, allCpus) + part(mem, allMem)) * STEPS_PER_WHOLE);
}

function part(amount: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, amount / whole)) : 0;
}
