import type { AgentTable } from './agent-table.ts';
import type { Demand } from './demand.ts';

/** How many agents a block begins with; one that has twice as many is split. */
export const BLOCK_SIZE = 64;

/** Key, free cpus and free memory of an agent, side by side: looking through a block reads on in one place. */
const ROW = 3;

/** A run of neighbours in the order. */
export class Block {
  readonly #table: AgentTable;
  readonly #rows = new Float64Array(2 * BLOCK_SIZE * ROW);
  #size = 0;

  constructor(table: AgentTable) {
    this.#table = table;
  }

  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size === 2 * BLOCK_SIZE;
  }

  keyAt(position: number): number {
    return this.#rows[position * ROW] ?? 0;
  }

  /** Position of the first key that is not below the given one. */
  positionOf(key: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#rows[middle * ROW] ?? 0) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Shows the agents that have room, in order, as long as their keys are below `until` and `visit` wants more. Says
   * whether that was the end of the search, or else whether any had room.
   */
  search(
    demand: Demand,
    until: number,
    visit: (rank: number, key: number) => boolean,
  ): 'ended' | 'looked through' | 'in vain' {
    const { cpus, mem } = demand.least;
    const rows = this.#rows;
    let outcome: 'looked through' | 'in vain' = 'in vain';
    for (let at = 0; at < this.#size * ROW; at += ROW) {
      const key = rows[at] ?? 0;
      if (key >= until) return 'ended';
      if ((rows[at + 1] ?? 0) < cpus || (rows[at + 2] ?? 0) < mem) continue;
      const rank = this.#table.rankOf(key);
      if (!this.#table.hasRoom(rank, demand)) continue;
      outcome = 'looked through';
      if (!visit(rank, key)) return 'ended';
    }
    return outcome;
  }

  insert(position: number, rank: number, key: number): void {
    this.#rows.copyWithin((position + 1) * ROW, position * ROW, this.#size * ROW);
    this.#size += 1;
    this.set(position, rank, key);
  }

  remove(position: number): void {
    this.#rows.copyWithin(position * ROW, (position + 1) * ROW, this.#size * ROW);
    this.#size -= 1;
  }

  /** Behind all others. */
  append(rank: number, key: number): void {
    this.set(this.#size, rank, key);
    this.#size += 1;
  }

  /** The agent at the position is this, with what it has free now. */
  set(position: number, rank: number, key: number): void {
    this.#rows[position * ROW] = key;
    this.#rows[position * ROW + 1] = this.#table.cpus[rank] ?? 0;
    this.#rows[position * ROW + 2] = this.#table.mem[rank] ?? 0;
  }

  /** The second half, which leaves this block. */
  split(): Block {
    const half = new Block(this.#table);
    half.#rows.set(this.#rows.subarray(BLOCK_SIZE * ROW, this.#size * ROW));
    half.#size = this.#size - BLOCK_SIZE;
    this.#size = BLOCK_SIZE;
    return half;
  }
}
