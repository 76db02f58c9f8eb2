import type { AgentTable } from './agent-table.ts';
import type { Demand } from './demand.ts';

/** One cache line a block. */
const ROW = 8;
const [FIRST, CPUS, MEM, DISK, GPUS, FEWEST_GPUS, PORTS, LOOSE] = [0, 1, 2, 3, 4, 5, 6, 7];

/**
 * What a search must know of the blocks of a list to step over them, by their position: the first key, and bounds on
 * what any agent of the block has free. They hold for every agent in it, and are tight unless something left the block
 * or shrank. In one array, since a search reads them of many blocks in a row.
 */
export class BlockBounds {
  readonly #table: AgentTable;
  #rows = new Float64Array(ROW);

  constructor(table: AgentTable) {
    this.#table = table;
  }

  firstKey(at: number): number {
    return this.#rows[at * ROW + FIRST] ?? 0;
  }

  isLoose(at: number): boolean {
    return this.#rows[at * ROW + LOOSE] === 1;
  }

  /** Whether an agent of the block may have room. */
  mayFit(at: number, { least, leastPorts, sparesGpus }: Demand): boolean {
    const rows = this.#rows;
    const row = at * ROW;
    return (
      (rows[row + CPUS] ?? 0) >= least.cpus &&
      (rows[row + MEM] ?? 0) >= least.mem &&
      (rows[row + DISK] ?? 0) >= least.disk &&
      (rows[row + GPUS] ?? 0) >= least.gpus &&
      (rows[row + PORTS] ?? 0) >= leastPorts &&
      !(sparesGpus && (rows[row + FEWEST_GPUS] ?? 0) > 0)
    );
  }

  /** Makes room for a new block among `count`. */
  open(at: number, count: number): void {
    if ((count + 1) * ROW > this.#rows.length) {
      const former = this.#rows;
      this.#rows = new Float64Array(2 * former.length);
      this.#rows.set(former);
    }
    this.#rows.copyWithin((at + 1) * ROW, at * ROW, count * ROW);
  }

  close(at: number): void {
    this.#rows.copyWithin(at * ROW, (at + 1) * ROW);
  }

  setFirstKey(at: number, key: number): void {
    this.#rows[at * ROW + FIRST] = key;
  }

  loosen(at: number): void {
    this.#rows[at * ROW + LOOSE] = 1;
  }

  /** Nobody is in the block yet. */
  clear(at: number): void {
    const row = at * ROW;
    this.#rows.fill(Number.NEGATIVE_INFINITY, row + CPUS, row + LOOSE);
    this.#rows[row + FEWEST_GPUS] = Number.POSITIVE_INFINITY;
    this.#rows[row + LOOSE] = 0;
  }

  /** The agent is in the block. */
  widen(at: number, rank: number): void {
    const table = this.#table;
    const row = at * ROW;
    this.#raise(row + CPUS, table.cpus[rank] ?? 0);
    this.#raise(row + MEM, table.mem[rank] ?? 0);
    this.#raise(row + DISK, table.disk[rank] ?? 0);
    this.#raise(row + PORTS, table.freePorts[rank] ?? 0);
    const gpus = table.gpus[rank] ?? 0;
    this.#raise(row + GPUS, gpus);
    if ((this.#rows[row + FEWEST_GPUS] ?? 0) > gpus) this.#rows[row + FEWEST_GPUS] = gpus;
  }

  #raise(at: number, amount: number): void {
    if ((this.#rows[at] ?? 0) < amount) this.#rows[at] = amount;
  }
}
