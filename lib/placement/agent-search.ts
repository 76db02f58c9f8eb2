import { NO_SLOTS } from '../model/slots.ts';
import type { AgentTable } from './agent-table.ts';
import type { BitSet } from './bit-set.ts';
import { GroupTiers } from './group-tiers.ts';
import { type BoundConstraint, holds, type LaunchRequest } from './launch-request.ts';
import type { Pin, Scope } from './placement-index.ts';

/**
 * Finds the agent for one more instance of a request: among those that all rules accept the smallest group of each
 * GROUP_BY in turn (design §8), then the fullest once the instance is placed, so that large instances still find whole
 * agents later (with `spread`: the emptiest), then the lowest id.
 */
export class AgentSearch {
  readonly #table: AgentTable;
  readonly #request: LaunchRequest;
  readonly #tiers: GroupTiers | undefined;
  /** What the lists and the tiers do not know. */
  readonly #checks: readonly BoundConstraint[];
  /** Undefined until asked for, and again when a CLUSTER has found its value. */
  #scope: Scope | undefined;
  #pinned = 0;
  /** The best agent of the present search; `place` is its key once it has the instance: smaller is better. */
  #rank = -1;
  #place = Number.POSITIVE_INFINITY;

  constructor(table: AgentTable, request: LaunchRequest) {
    this.#table = table;
    this.#request = request;
    const { alike, moving, groups } = request;
    this.#tiers = alike.cells && new GroupTiers(alike.cells, request);
    this.#checks = this.#tiers === undefined ? moving : moving.filter((bound) => !groups.includes(bound));
  }

  /** Its rank; undefined when no agent is accepted. */
  find(): number | undefined {
    const scope = this.#currentScope();
    if (scope === undefined) return undefined;
    scope.partition.catchUp();
    this.#rank = -1;
    this.#place = Number.POSITIVE_INFINITY;
    if (this.#tiers !== undefined) this.#findByTier(scope, this.#tiers);
    else if (this.#request.groups.length === 0) this.#narrow(scope, 0);
    else this.#findSmallestGroup(scope);
    return this.#rank < 0 ? undefined : this.#rank;
  }

  /** Whether the agent would do, were it the only one. */
  isAccepted(rank: number): boolean {
    const { alike, demand, moving, spec } = this.#request;
    return (
      alike.lasting.members.has(rank) &&
      this.#table.hasRoom(rank, demand) &&
      moving.every((bound) => holds(bound, spec, bound.column.at(rank))) &&
      this.#hasSpecials(rank)
    );
  }

  #currentScope(): Scope | undefined {
    if (this.#scope !== undefined && this.#request.clusters.length === 0) return this.#scope;
    const pins = this.#request.clusters.filter(({ placed }) => placed.total > 0);
    if (this.#scope !== undefined && pins.length === this.#pinned) return this.#scope;
    const values: Pin[] = [];
    for (const { constraint, placed } of pins) {
      // The first instance has no such value, so that no agent is right any more.
      if (placed.first === undefined) return undefined;
      values.push({ field: constraint.field, value: placed.first });
    }
    this.#pinned = pins.length;
    this.#scope = this.#request.alike.scope(values);
    return this.#scope;
  }

  #findByTier(scope: Scope, tiers: GroupTiers): void {
    let left = tiers.allowed();
    while (this.#rank < 0 && left.length > 0) {
      const tier = tiers.smallest(left);
      for (const cell of tier) this.#narrow(scope, cell);
      if (this.#rank < 0) left = left.filter((cell) => !tier.includes(cell));
    }
  }

  /** Moves to the best accepted agent of the cell that is better than the best so far. */
  #narrow({ partition, only }: Scope, cell: number): void {
    const { alike, demand } = this.#request;
    for (let shape = 0; shape < alike.advances.length; shape += 1) {
      const list = partition.list(cell, shape);
      if (list === undefined) continue;
      const advance = alike.advances[shape] ?? 0;
      list.search(demand, this.#place + advance, (rank, key) => {
        if (!this.#accepts(rank, only)) return true;
        this.#rank = rank;
        this.#place = key - advance;
        return false;
      });
    }
  }

  /** With more groups than are kept apart (GROUP_BY hostname, say). No group is smaller than the smallest of all. */
  #findSmallestGroup({ partition, only }: Scope): void {
    const { alike, demand, groups } = this.#request;
    const smallest = groups.map(({ everywhere }) => everywhere?.smallest ?? 0);
    let best: readonly number[] | undefined;
    for (const [shape, advance] of alike.advances.entries()) {
      partition.list(0, shape)?.search(demand, Number.POSITIVE_INFINITY, (rank, key) => {
        if (!this.#accepts(rank, only)) return true;
        const sizes = groups.map(({ placed, column }) => placed.sizeOf(column.at(rank)));
        const order = best === undefined ? -1 : compareSizes(sizes, best);
        if (order < 0 || (order === 0 && key - advance < this.#place)) {
          best = sizes;
          this.#rank = rank;
          this.#place = key - advance;
        }
        return compareSizes(sizes, smallest) > 0;
      });
    }
  }

  /** What the lists do not know: constraints that move with the plan, fixed ports, disks for volumes. */
  #accepts(rank: number, only: BitSet | undefined): boolean {
    if (only !== undefined && !only.has(rank)) return false;
    for (const bound of this.#checks) {
      if (!holds(bound, this.#request.spec, bound.column.at(rank))) return false;
    }
    return this.#hasSpecials(rank);
  }

  /** What few ask for, so that no list knows it. */
  #hasSpecials(rank: number): boolean {
    const { ports, disks, slots } = this.#request.demand;
    return (
      (ports.fixed.length === 0 || this.#table.ports(rank).missing(ports) === undefined) &&
      (disks.length === 0 || this.#table.disks(rank).choose(disks) !== undefined) &&
      (slots === NO_SLOTS || this.#table.hasSlots(rank, slots))
    );
  }
}

function compareSizes(a: readonly number[], b: readonly number[]): number {
  for (const [index, size] of a.entries()) {
    const difference = size - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
