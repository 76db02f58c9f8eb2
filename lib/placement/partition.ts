import type { AgentTable } from './agent-table.ts';
import type { BitSet } from './bit-set.ts';
import { FitList } from './fit-list.ts';

/**
 * The agents that some run specs may use, in cells by the values of the fields that those keep even, and in each cell
 * by shape. Catches up with the table when asked.
 */
export class Partition {
  readonly #table: AgentTable;
  readonly #members: BitSet;
  readonly #cellOf: Int32Array | undefined;
  /** By cell, in each by shape. */
  #lists: readonly (FitList | undefined)[] = [];
  #seen = 0;
  readonly #size: number;

  /** Without `cellOf` (by rank, negative for no cell) all members are in cell 0. */
  constructor(table: AgentTable, members: BitSet, cellOf?: Int32Array) {
    this.#table = table;
    this.#members = members;
    this.#cellOf = cellOf;
    this.#size = this.#build();
  }

  list(cell: number, shape: number): FitList | undefined {
    return this.#lists[cell * this.#table.shapes.length + shape];
  }

  /** How many changes of agents the lists do not know yet. */
  get behind(): number {
    return this.#table.changes.length - this.#seen;
  }

  /** Brings the lists up to date: agent by agent, or from scratch when that is less work. */
  catchUp(): void {
    const { changes, keys } = this.#table;
    const { behind } = this;
    if (behind === 0) return;
    if (behind > this.#size) this.#build();
    else for (const [rank, before] of changes.since(this.#seen)) this.#move(rank, before, keys[rank] ?? 0);
    this.#seen = changes.length;
  }

  #move(rank: number, before: number, after: number): void {
    if (this.#members.has(rank)) {
      this.list(this.#cell(rank), this.#table.shapeOf[rank] ?? 0)?.move(rank, before, after);
    }
  }

  #build(): number {
    const { keys, shapeOf, shapes, changes } = this.#table;
    const buckets = new Map<number, number[]>();
    const members = this.#members.ranks();
    for (const rank of members) {
      const cell = this.#cell(rank);
      if (cell < 0) continue;
      const bucket = cell * shapes.length + (shapeOf[rank] ?? 0);
      const key = keys[rank] ?? 0;
      const others = buckets.get(bucket);
      if (others === undefined) buckets.set(bucket, [key]);
      else others.push(key);
    }
    const lists: FitList[] = [];
    for (const [bucket, bucketKeys] of buckets) {
      lists[bucket] = new FitList(this.#table, new Float64Array(bucketKeys).sort());
    }
    this.#lists = lists;
    this.#seen = changes.length;
    return members.length;
  }

  #cell(rank: number): number {
    return this.#cellOf === undefined ? 0 : (this.#cellOf[rank] ?? -1);
  }
}
