import type { Constraint } from '../model/constraint.ts';
import type { RunSpec } from '../model/run-spec.ts';
import type { DiskWish } from '../model/spec-disks.ts';
import type { HostPortWish } from '../model/spec-ports.ts';
import { type Demand, demandOf } from './demand.ts';
import type { PlacementIndex } from './placement-index.ts';
import { RequestClass } from './request-class.ts';
import { acceptedRoles } from './rules/role.ts';

/** So many are kept of those that ask for equal cpus, and of so many amounts of cpus: users write what they ask. */
const MOST_ALIKE = 32;
const MOST_AMOUNTS = 1_000;

/**
 * The classes of all that plans ask. Found by comparing field by field: to make a text of the fields, as a key, takes
 * longer than all else that is done for the first instance of a run spec.
 */
export class RequestClasses {
  readonly #index: PlacementIndex;
  readonly #byCpus = new Map<number, RequestClass[]>();

  constructor(index: PlacementIndex) {
    this.#index = index;
  }

  /** The class of a run spec. */
  of(spec: RunSpec, localRegion: string, volumeZones: readonly string[]): RequestClass {
    const { cpus } = spec.resources;
    const demand = demandOf(spec);
    const roles = acceptedRoles(spec);
    const known = this.#byCpus.get(cpus) ?? [];
    for (const one of known) {
      if (
        isSame(one.asked, spec.constraints, isSameConstraint) &&
        isSameDemand(one.demand, demand) &&
        isSame(one.roles, roles, Object.is) &&
        one.localRegion === localRegion &&
        isSame(one.volumeZones, volumeZones, Object.is)
      ) {
        return one;
      }
    }
    const made = new RequestClass(spec, { demand, roles, localRegion, volumeZones }, this.#index);
    if (known.length === 0 && this.#byCpus.size === MOST_AMOUNTS) this.#byCpus.clear();
    this.#byCpus.set(cpus, [made, ...known.slice(0, MOST_ALIKE - 1)]);
    return made;
  }
}

function isSame<T>(some: readonly T[], others: readonly T[], areSame: (a: T, b: T) => boolean): boolean {
  if (some.length !== others.length) return false;
  for (let at = 0; at < some.length; at += 1) {
    const [a, b] = [some[at], others[at]];
    if (a === undefined || b === undefined || !areSame(a, b)) return false;
  }
  return true;
}

function isSameDemand(a: Demand, b: Demand): boolean {
  return (
    a.taken.cpus === b.taken.cpus &&
    a.taken.mem === b.taken.mem &&
    a.taken.disk === b.taken.disk &&
    a.taken.gpus === b.taken.gpus &&
    a.sparesGpus === b.sparesGpus &&
    isSame(a.disks, b.disks, isSameDisk) &&
    a.slots.interfaces === b.slots.interfaces &&
    a.slots.attachments === b.slots.attachments &&
    isSame(a.ports.wishes, b.ports.wishes, isSameWish)
  );
}

function isSameWish(a: HostPortWish, b: HostPortWish): boolean {
  return a.kind === b.kind && (a.kind !== 'fixed' || b.kind !== 'fixed' || a.port === b.port);
}

function isSameDisk(a: DiskWish, b: DiskWish): boolean {
  return (
    a.type === b.type &&
    a.size === b.size &&
    a.maxSize === b.maxSize &&
    a.profileName === b.profileName &&
    isSame(a.constraints, b.constraints, isSameConstraint)
  );
}

function isSameConstraint(a: Constraint, b: Constraint): boolean {
  return a.operator === b.operator && a.field === b.field && a.value === b.value;
}
