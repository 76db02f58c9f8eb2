import type { BitSet } from './bit-set.ts';

const ABSENT = -1;

/** One text of every agent (a constraint's field, say), each distinct value kept once under a number. */
export class ValueColumn {
  /** By rank. */
  readonly ids: Int32Array;
  readonly #values: string[] = [];

  constructor(texts: readonly (string | undefined)[]) {
    const numbers = new Map<string, number>();
    this.ids = Int32Array.from(texts, (text) => {
      if (text === undefined) return ABSENT;
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, this.#values.length);
      return this.#values.push(text) - 1;
    });
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
    for (const [rank, id] of this.ids.entries()) {
      const slot = id - ABSENT;
      if (verdicts[slot] === 0) verdicts[slot] = passes(rank) ? 1 : -1;
      if (verdicts[slot] === 1) into.add(rank);
    }
    return into;
  }
}
