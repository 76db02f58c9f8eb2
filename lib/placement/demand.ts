import { allToMillionths } from '../model/resource-amounts.ts';
import type { Resources } from '../model/resources.ts';
import type { RunSpec } from '../model/run-spec.ts';
import { type Slots, slotsOf } from '../model/slots.ts';
import { type DiskWish, diskWishesOf, rootDiskOf } from '../model/spec-disks.ts';
import { hostPortWishesOf } from '../model/spec-ports.ts';
import { type PortDemand, portDemandOf } from './agent-ports.ts';

/**
 * What one instance of a run spec takes from an agent, as the search compares it: amounts in millionths. What is not
 * needed is not asked for, even of an agent that has less than nothing left (scheduling.md §3).
 */
export interface Demand {
  /** The least that must be free; minus infinity: not asked for. */
  readonly least: Resources;
  /** Free ports of the ranges, as `least`. */
  readonly leastPorts: number;
  /** What the placement takes. */
  readonly taken: Resources;
  /** The same in units. */
  readonly resources: Resources;
  readonly disks: readonly DiskWish[];
  readonly slots: Slots;
  readonly ports: PortDemand;
  /** Agents with free gpus are kept for others. */
  readonly sparesGpus: boolean;
}

export function demandOf(spec: RunSpec): Demand {
  const onRoot = rootDiskOf(spec);
  const { resources: own } = spec;
  const resources = onRoot === 0 ? own : { ...own, disk: own.disk + onRoot };
  const taken = allToMillionths(resources);
  const ports = portDemandOf(hostPortWishesOf(spec));
  return {
    least: { cpus: least(taken.cpus), mem: least(taken.mem), disk: least(taken.disk), gpus: least(taken.gpus) },
    leastPorts: least(ports.dynamic),
    taken,
    resources,
    disks: diskWishesOf(spec),
    slots: slotsOf(spec),
    ports,
    sparesGpus: sparesGpus(spec),
  };
}

function least(needed: number): number {
  return needed === 0 ? Number.NEGATIVE_INFINITY : needed;
}

/** Whether a spec leaves agents with free gpus to others. */
function sparesGpus({ resources, labels }: RunSpec): boolean {
  const isUnrestricted =
    Object.hasOwn(labels, 'GPU_SCHEDULING_BEHAVIOR') && labels['GPU_SCHEDULING_BEHAVIOR'] === 'unrestricted';
  return resources.gpus <= 0 && !isUnrestricted;
}
