import type { AgentTable } from './agent-table.ts';
import type { Demand } from './demand.ts';

const BLOCK_SIZE = 64;

/** A run of neighbours in the order. The bounds hold for every agent in it, and are tight when just looked through. */
class Block {
  readonly keys = new Float64Array(2 * BLOCK_SIZE);
  size = 0;
  /** Something changed since the bounds were tight. */
  isLoose = true;
  maxCpus = Number.NEGATIVE_INFINITY;
  maxMem = Number.NEGATIVE_INFINITY;
  maxDisk = Number.NEGATIVE_INFINITY;
  maxGpus = Number.NEGATIVE_INFINITY;
  minGpus = Number.POSITIVE_INFINITY;
  maxPorts = Number.NEGATIVE_INFINITY;

  get first(): number {
    return this.keys[0] ?? 0;
  }

  get last(): number {
    return this.keys[this.size - 1] ?? 0;
  }

  /** Whether an agent in it may have room. */
  mayFit({ least, leastPorts, sparesGpus }: Demand): boolean {
    return (
      this.maxCpus >= least.cpus &&
      this.maxMem >= least.mem &&
      this.maxDisk >= least.disk &&
      this.maxGpus >= least.gpus &&
      this.maxPorts >= leastPorts &&
      !(sparesGpus && this.minGpus > 0)
    );
  }

  /** Position of the first key that is not below the given one. */
  positionOf(key: number): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.keys[middle] ?? 0) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  widen(table: AgentTable, rank: number): void {
    const gpus = table.gpus[rank] ?? 0;
    this.isLoose = true;
    this.maxCpus = Math.max(this.maxCpus, table.cpus[rank] ?? 0);
    this.maxMem = Math.max(this.maxMem, table.mem[rank] ?? 0);
    this.maxDisk = Math.max(this.maxDisk, table.disk[rank] ?? 0);
    this.maxGpus = Math.max(this.maxGpus, gpus);
    this.minGpus = Math.min(this.minGpus, gpus);
    this.maxPorts = Math.max(this.maxPorts, table.freePorts[rank] ?? 0);
  }

  tighten(table: AgentTable): void {
    this.maxCpus = this.maxMem = this.maxDisk = this.maxGpus = this.maxPorts = Number.NEGATIVE_INFINITY;
    this.minGpus = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.size; index += 1) this.widen(table, table.rankOf(this.keys[index] ?? 0));
    this.isLoose = false;
  }
}

/**
 * Agents of one shape, the preferred first, in blocks that say the most that any of theirs has free: the search for a place
 * steps over full agents by the block.
 */
export class FitList {
  readonly #table: AgentTable;
  readonly #blocks: Block[] = [];

  /** The keys ascend. */
  constructor(table: AgentTable, keys: Float64Array) {
    this.#table = table;
    for (let start = 0; start < keys.length; start += BLOCK_SIZE) {
      this.#addBlock(this.#blocks.length, keys.subarray(start, start + BLOCK_SIZE));
    }
  }

  /** Shows the agents that have room, the preferred first, as long as their keys are below `until` and `visit` wants more. */
  search(demand: Demand, until: number, visit: (rank: number, key: number) => boolean): void {
    const table = this.#table;
    for (const block of this.#blocks) {
      if (block.first >= until) return;
      if (!block.mayFit(demand)) continue;
      let isInVain = true;
      for (let index = 0; index < block.size; index += 1) {
        const key = block.keys[index] ?? 0;
        if (key >= until) return;
        const rank = table.rankOf(key);
        if (!table.hasRoom(rank, demand)) continue;
        isInVain = false;
        if (!visit(rank, key)) return;
      }
      if (isInVain && block.isLoose) block.tighten(table);
    }
  }

  /** An agent of the list has changed: from its key of before to the one it has now. */
  move(rank: number, before: number, after: number): void {
    const at = this.#blockOf(before);
    const block = this.#blocks[at];
    if (block === undefined) return;
    const position = block.positionOf(before);
    const below = position > 0 ? block.keys[position - 1] : this.#blocks[at - 1]?.last;
    const above = position + 1 < block.size ? block.keys[position + 1] : this.#blocks[at + 1]?.first;
    const isInPlace = (below === undefined || below < after) && (above === undefined || after < above);
    if (isInPlace) {
      block.keys[position] = after;
      block.widen(this.#table, rank);
      return;
    }
    block.keys.copyWithin(position, position + 1, block.size);
    block.size -= 1;
    block.isLoose = true;
    if (block.size === 0) this.#blocks.splice(at, 1);
    this.#insert(rank, after);
  }

  #insert(rank: number, key: number): void {
    const at = this.#blockOf(key);
    const block = this.#blocks[at] ?? this.#addBlock(at, new Float64Array());
    const position = block.positionOf(key);
    block.keys.copyWithin(position + 1, position, block.size);
    block.keys[position] = key;
    block.size += 1;
    block.widen(this.#table, rank);
    if (block.size < block.keys.length) return;
    this.#addBlock(at + 1, block.keys.subarray(BLOCK_SIZE));
    block.size = BLOCK_SIZE;
  }

  #addBlock(at: number, keys: Float64Array): Block {
    const block = new Block();
    block.keys.set(keys);
    block.size = keys.length;
    block.tighten(this.#table);
    this.#blocks.splice(at, 0, block);
    return block;
  }

  /** Index of the last block that begins at the key or below it; the first one when none does. */
  #blockOf(key: number): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#blocks[middle]?.first ?? 0) <= key) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}
