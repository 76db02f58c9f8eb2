import type { Resources } from '../model/resources.ts';

const STEPS_PER_UNIT = 1e6;

/**
 * Amounts on a grid of millionths, so that adding and taking away many fractions gives exact sums: forty times 0.1
 * cpus fill 4 cpus. (Mesos does the same with thousandths.)
 */
export function onGrid({ cpus, mem, disk, gpus }: Resources): Resources {
  return { cpus: round(cpus), mem: round(mem), disk: round(disk), gpus: round(gpus) };
}

function round(amount: number): number {
  return Math.round(amount * STEPS_PER_UNIT) / STEPS_PER_UNIT;
}
