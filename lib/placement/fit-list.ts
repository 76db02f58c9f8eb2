import type { AgentTable } from './agent-table.ts';
import { BLOCK_SIZE, Block } from './block.ts';
import { BlockBounds } from './block-bounds.ts';
import type { Demand } from './demand.ts';

/**
 * Agents of one shape, the preferred first, in blocks that say the most that any of theirs has free: the search for a place
 * steps over full agents by the block.
 */
export class FitList {
  readonly #table: AgentTable;
  readonly #blocks: Block[] = [];
  readonly #bounds: BlockBounds;

  /** The keys ascend. */
  constructor(table: AgentTable, keys: Float64Array) {
    this.#table = table;
    this.#bounds = new BlockBounds(table);
    for (let start = 0; start < keys.length; start += BLOCK_SIZE) {
      const block = this.#open(this.#blocks.length, new Block(table));
      for (const key of keys.subarray(start, start + BLOCK_SIZE)) block.append(table.rankOf(key), key);
      this.#tighten(this.#blocks.length - 1, block);
    }
  }

  /** Shows the agents that have room, the preferred first, as long as their keys are below `until` and `visit` wants more. */
  search(demand: Demand, until: number, visit: (rank: number, key: number) => boolean): void {
    const bounds = this.#bounds;
    for (let at = 0; at < this.#blocks.length; at += 1) {
      if (bounds.firstKey(at) >= until) return;
      const block = bounds.mayFit(at, demand) ? this.#blocks[at] : undefined;
      if (block === undefined) continue;
      const outcome = block.search(demand, until, visit);
      if (outcome === 'ended') return;
      if (outcome === 'in vain' && bounds.isLoose(at)) this.#tighten(at, block);
    }
  }

  /** An agent of the list has changed: from its key of before to the one it has now. */
  move(rank: number, before: number, after: number): void {
    const at = this.#blockOf(before);
    const block = this.#blocks[at];
    if (block === undefined) return;
    const position = block.positionOf(before);
    const below = position > 0 ? block.keyAt(position - 1) : this.#lastKey(at - 1);
    const above = position + 1 < block.size ? block.keyAt(position + 1) : this.#firstKey(at + 1);
    this.#bounds.loosen(at);
    if (below < after && after < above) {
      block.set(position, rank, after);
      this.#bounds.setFirstKey(at, block.keyAt(0));
      this.#bounds.widen(at, rank);
      return;
    }
    block.remove(position);
    if (block.size > 0) this.#bounds.setFirstKey(at, block.keyAt(0));
    else this.#close(at);
    this.#insert(rank, after);
  }

  #insert(rank: number, key: number): void {
    const at = this.#blockOf(key);
    const block = this.#blocks[at] ?? this.#open(at, new Block(this.#table));
    block.insert(block.positionOf(key), rank, key);
    this.#bounds.setFirstKey(at, block.keyAt(0));
    this.#bounds.widen(at, rank);
    if (!block.isFull) return;
    this.#tighten(at + 1, this.#open(at + 1, block.split()));
    this.#bounds.loosen(at);
  }

  #open(at: number, block: Block): Block {
    this.#bounds.open(at, this.#blocks.length);
    this.#bounds.clear(at);
    this.#blocks.splice(at, 0, block);
    return block;
  }

  #close(at: number): void {
    this.#blocks.splice(at, 1);
    this.#bounds.close(at);
  }

  #tighten(at: number, block: Block): void {
    this.#bounds.clear(at);
    this.#bounds.setFirstKey(at, block.keyAt(0));
    for (let position = 0; position < block.size; position += 1) {
      this.#bounds.widen(at, this.#table.rankOf(block.keyAt(position)));
    }
  }

  #firstKey(at: number): number {
    return at < this.#blocks.length ? this.#bounds.firstKey(at) : Number.POSITIVE_INFINITY;
  }

  #lastKey(at: number): number {
    const block = this.#blocks[at];
    return block === undefined ? Number.NEGATIVE_INFINITY : block.keyAt(block.size - 1);
  }

  /** Position of the last block that begins at the key or below it; the first one when none does. */
  #blockOf(key: number): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#bounds.firstKey(middle) <= key) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}
