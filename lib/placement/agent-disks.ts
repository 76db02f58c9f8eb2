import { constraintHolds } from '../constraints/constraint-holds.ts';
import { ValueTally } from '../constraints/value-tally.ts';
import type { AgentDisk, DiskShare } from '../model/agent-disk.ts';
import type { DiskWish } from '../model/spec-disks.ts';

/** Constraints on a volume look at the disk's path alone. */
const ASKED_OF_PATH = { placed: new ValueTally(), wanted: 1 };

/** A disk and how much of it nobody has. */
interface FreeDisk {
  readonly disk: AgentDisk;
  readonly free: number;
}

/** Which wish gets what, up to the first that finds no disk, with the most that is left for one like it. */
interface Service {
  readonly given: ReadonlyMap<DiskWish, DiskShare>;
  readonly unserved: { readonly wish: DiskWish; readonly free: number } | undefined;
}

/** The path and mount disks of one agent, in MiB (scheduling.md §3, disk types, and §2.7). */
export class AgentDisks {
  readonly #disks: readonly AgentDisk[];
  readonly #taken = new Map<string, number>();

  constructor(disks: readonly AgentDisk[], held: readonly DiskShare[]) {
    this.#disks = disks;
    for (const share of held) this.take(share);
  }

  take({ path, size }: DiskShare): void {
    this.#taken.set(path, (this.#taken.get(path) ?? 0) + size);
  }

  /**
   * The disks for the wishes, in their order; undefined when one finds none. The largest is served first: a path from
   * the disk with the most left, a mount by the smallest disk that is large enough, which it fills.
   */
  choose(wishes: readonly DiskWish[]): readonly DiskShare[] | undefined {
    const { given, unserved } = this.#serve(wishes);
    return unserved === undefined ? wishes.flatMap((wish) => given.get(wish) ?? []) : undefined;
  }

  /** What keeps the wishes from being served: the first that finds no disk, and the most that is left for one like it. */
  missing(wishes: readonly DiskWish[]): Readonly<Record<string, string | number>> | undefined {
    const { unserved } = this.#serve(wishes);
    if (unserved === undefined) return undefined;
    const { type, size, profileName } = unserved.wish;
    return { type, needed: size, free: unserved.free, ...(profileName !== undefined && { profile: profileName }) };
  }

  #serve(wishes: readonly DiskWish[]): Service {
    const taken = new Map(this.#taken);
    const given = new Map<DiskWish, DiskShare>();
    for (const wish of wishes.toSorted((a, b) => b.size - a.size)) {
      const eligible = this.#disks.filter((disk) => isEligible(wish, disk)).map((disk) => leftOf(disk, taken));
      const [best] = eligible.filter(({ free }) => wish.size <= free).toSorted(preferenceOf(wish));
      if (best === undefined) {
        return { given, unserved: { wish, free: eligible.reduce((most, { free }) => Math.max(most, free), 0) } };
      }
      const { path, size } = best.disk;
      const share = { path, size: wish.type === 'mount' ? size : wish.size };
      taken.set(path, (taken.get(path) ?? 0) + share.size);
      given.set(wish, share);
    }
    return { given, unserved: undefined };
  }
}

/** Of an agent that has none; nothing can be taken of it. */
export const NO_DISKS = new AgentDisks([], []);

/** Of the kind that is asked for, full or not: without a profile, only those that have none. */
function isEligible({ type, maxSize, profileName, constraints }: DiskWish, disk: AgentDisk): boolean {
  return (
    disk.type === type &&
    disk.profile === profileName &&
    (maxSize === undefined || disk.size <= maxSize) &&
    constraints.every((constraint) => constraintHolds(constraint, disk.path, ASKED_OF_PATH))
  );
}

/** A mount that is taken has nothing left, however small its volume. */
function leftOf(disk: AgentDisk, taken: ReadonlyMap<string, number>): FreeDisk {
  const used = taken.get(disk.path) ?? 0;
  return { disk, free: disk.type === 'mount' && used > 0 ? 0 : disk.size - used };
}

function preferenceOf({ type }: DiskWish): (a: FreeDisk, b: FreeDisk) => number {
  const sign = type === 'path' ? -1 : 1;
  return (a, b) => sign * (a.free - b.free) || (a.disk.path < b.disk.path ? -1 : 1);
}
