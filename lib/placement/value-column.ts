import type { BitSet } from './bit-set.ts';

const ABSENT = -1;

/** One text of every agent (a constraint's field, say), each distinct value kept once under a number. */
export class ValueColumn {
  /** By rank. */
  readonly ids: Int32Array;
  readonly #values: string[] = [];

  // Columns are made of all agents for the first instance of an app: by index, iterators cost several times as much.
  constructor(size: number, textAt: (rank: number) => string | undefined) {
    const numbers = new Map<string, number>();
    this.ids = new Int32Array(size).fill(ABSENT);
    for (let rank = 0; rank < size; rank += 1) {
      const text = textAt(rank);
      if (text === undefined) continue;
      let id = numbers.get(text);
      if (id === undefined) {
        id = this.#values.push(text) - 1;
        numbers.set(text, id);
      }
      this.ids[rank] = id;
    }
  }

  /** How many distinct values there are. */
  get size(): number {
    return this.#values.length;
  }

  /** By number. */
  get values(): readonly string[] {
    return this.#values;
  }

  at(rank: number): string | undefined {
    const id = this.ids[rank] ?? ABSENT;
    return id === ABSENT ? undefined : this.#values[id];
  }

  /** Adds the agents whose value passes; `passes` is asked once per distinct value, with an agent that has it. */
  select(passes: (rank: number) => boolean, into: BitSet): BitSet {
    const verdicts = new Int8Array(this.size + 1);
    for (let rank = 0; rank < this.ids.length; rank += 1) {
      const slot = (this.ids[rank] ?? ABSENT) - ABSENT;
      if (verdicts[slot] === 0) verdicts[slot] = passes(rank) ? 1 : -1;
      if (verdicts[slot] === 1) into.add(rank);
    }
    return into;
  }
}
