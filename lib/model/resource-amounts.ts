import type { Resources } from './resources.ts';

const STEPS_PER_UNIT = 1e6;

/**
 * An amount in whole millionths, so that adding and taking away many fractions gives exact sums: forty times 0.1 cpus
 * fill 4 cpus. (Mesos does the same with thousandths.) Exact up to nine billion units.
 */
export function toMillionths(amount: number): number {
  return Math.round(amount * STEPS_PER_UNIT);
}

export function fromMillionths(amount: number): number {
  return amount / STEPS_PER_UNIT;
}

export function allToMillionths({ cpus, mem, disk, gpus }: Resources): Resources {
  return { cpus: toMillionths(cpus), mem: toMillionths(mem), disk: toMillionths(disk), gpus: toMillionths(gpus) };
}
