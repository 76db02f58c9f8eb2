import type { DiskShare } from './agent-disk.ts';
import { allToMillionths, fromMillionths } from './resource-amounts.ts';
import { addResources, NO_RESOURCES, type Resources } from './resources.ts';
import { addSlots, type Slots } from './slots.ts';

/** What launches take from an agent, whoever they are: all that placement asks of its claims. */
export interface Held {
  readonly resources: Resources;
  /** A port is here once for each that holds it. */
  readonly hostPorts: readonly number[];
  /** Of the agent's path and mount disks; absent: none. */
  readonly disks?: readonly DiskShare[];
  /** Absent: none. */
  readonly slots?: Slots;
}

export const NOTHING_HELD: Held = { resources: NO_RESOURCES, hostPorts: [] };

/** What all of them take together: an exact sum, so forty times 0.1 cpus are 4. */
export function heldTogether(each: readonly Held[]): Held {
  const { cpus, mem, disk, gpus } = each
    .map(({ resources }) => allToMillionths(resources))
    .reduce(addResources, NO_RESOURCES);
  const resources = {
    cpus: fromMillionths(cpus),
    mem: fromMillionths(mem),
    disk: fromMillionths(disk),
    gpus: fromMillionths(gpus),
  };
  const hostPorts = each.flatMap((one) => one.hostPorts);
  const disks = each.flatMap((one) => one.disks ?? []);
  const slots = each.flatMap((one) => one.slots ?? []);
  return {
    resources,
    hostPorts,
    ...(disks.length > 0 && { disks }),
    ...(slots.length > 0 && { slots: slots.reduce(addSlots) }),
  };
}
