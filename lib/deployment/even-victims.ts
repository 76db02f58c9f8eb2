import { fieldValue } from '../constraints/field-value.ts';
import type { Constraint } from '../model/constraint.ts';
import { type Instance, isScheduled } from '../model/instance.ts';

/**
 * Whom to let go so that the groups of every GROUP_BY stay as even as they are, or get more even (the constraint step
 * of deployments.md §5): from the biggest groups of the most uneven constraint, else anyone, where no constraint's
 * groups get more than one apart nor further apart than they were. `candidates` come in the order in which they would
 * go otherwise; `others` stay, and count. Fewer than `count`, also none, where nobody qualifies.
 *
 * Marathon asks for less apart than before; it gives up where several groups are the biggest, and then by age alone
 * may empty the smallest.
 */
export function chooseEvenly(
  candidates: readonly Instance[],
  others: readonly Instance[],
  count: number,
  constraints: readonly Constraint[],
): readonly Instance[] {
  const fields = constraints.filter(({ operator }) => operator === 'GROUP_BY').map(({ field }) => field);
  if (fields.length === 0) return [];
  const groupings = fields.map((field) => new Grouping(field, candidates, others));
  const left = new Set(candidates.keys());
  const chosen: Instance[] = [];
  while (chosen.length < count) {
    const next = nextVictim(groupings, left);
    const instance = next === undefined ? undefined : candidates[next];
    if (next === undefined || instance === undefined) break;
    left.delete(next);
    for (const grouping of groupings) grouping.remove(next);
    chosen.push(instance);
  }
  return chosen;
}

/** Position of the next to go among those left. */
function nextVictim(groupings: readonly Grouping[], left: ReadonlySet<number>): number | undefined {
  const mayGo = (at: number): boolean => left.has(at) && groupings.every((grouping) => grouping.allows(at));
  const uneven = groupings.filter(({ difference }) => difference > 0);
  for (const grouping of uneven.toSorted((a, b) => b.difference - a.difference)) {
    const found = grouping.firstOfBiggest(left, mayGo);
    if (found !== undefined) return found;
  }
  for (const at of left) if (mayGo(at)) return at;
  return undefined;
}

interface Group {
  size: number;
}

/** The instances by their values of one field; a group that has lost all stays, with none. */
class Grouping {
  /** By position; undefined for those that are nowhere yet. */
  readonly #groups: readonly (Group | undefined)[];
  /** How many groups have the size. */
  readonly #sizes: number[] = [];
  readonly #limit: number;
  #smallest: number;
  #biggest: number;
  /** No candidate before it is left in a biggest group: none joins one, until the biggest are smaller. */
  #from = 0;

  constructor(field: string, candidates: readonly Instance[], others: readonly Instance[]) {
    const groups = new Map<string | undefined, Group>();
    const join = (instance: Instance): Group | undefined => {
      const site = siteOf(instance);
      if (site === undefined) return undefined;
      const value = fieldValue(site, field);
      const group = groups.get(value) ?? { size: 0 };
      group.size += 1;
      groups.set(value, group);
      return group;
    };
    this.#groups = candidates.map(join);
    others.forEach(join);
    this.#smallest = Number.POSITIVE_INFINITY;
    this.#biggest = 0;
    for (const { size } of groups.values()) {
      this.#sizes[size] = this.#countOf(size) + 1;
      this.#smallest = Math.min(this.#smallest, size);
      this.#biggest = Math.max(this.#biggest, size);
    }
    this.#limit = Math.max(1, this.difference);
  }

  /** Of the biggest and the smallest group. */
  get difference(): number {
    return Math.max(0, this.#biggest - this.#smallest);
  }

  /** Only one less in a smallest group brings the groups further apart. */
  allows(at: number): boolean {
    return this.difference < this.#limit || this.#groups[at]?.size !== this.#smallest;
  }

  firstOfBiggest(left: ReadonlySet<number>, mayGo: (at: number) => boolean): number | undefined {
    const isOfBiggest = (at: number): boolean => this.#groups[at]?.size === this.#biggest && left.has(at);
    while (this.#from < this.#groups.length && !isOfBiggest(this.#from)) this.#from += 1;
    for (let at = this.#from; at < this.#groups.length; at += 1) if (isOfBiggest(at) && mayGo(at)) return at;
    return undefined;
  }

  remove(at: number): void {
    const group = this.#groups[at];
    if (group === undefined) return;
    const { size } = group;
    group.size = size - 1;
    this.#sizes[size] = this.#countOf(size) - 1;
    this.#sizes[size - 1] = this.#countOf(size - 1) + 1;
    this.#smallest = Math.min(this.#smallest, size - 1);
    if (size < this.#biggest || this.#countOf(size) > 0) return;
    this.#biggest = size - 1;
    this.#from = 0;
  }

  #countOf(size: number): number {
    return this.#sizes[size] ?? 0;
  }
}

/** Where it is or goes back to; one that only waits may go anywhere. */
function siteOf(instance: Instance): Instance['agent'] {
  return isScheduled(instance) && instance.reservation === undefined ? undefined : instance.agent;
}
