/** A set of agents by rank. */
export class BitSet {
  readonly #words: Uint32Array;
  #size = 0;

  /** For agents of rank 0 to `limit` - 1. */
  constructor(limit: number) {
    this.#words = new Uint32Array((limit + 31) >>> 5);
  }

  /** How many are in it. */
  get size(): number {
    return this.#size;
  }

  has(rank: number): boolean {
    return (((this.#words[rank >>> 5] ?? 0) >>> (rank & 31)) & 1) === 1;
  }

  add(rank: number): void {
    if (this.has(rank)) return;
    const word = rank >>> 5;
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (rank & 31));
    this.#size += 1;
  }

  /** Those in both. Both are over the same agents. */
  and(other: BitSet): BitSet {
    const both = new BitSet(this.#words.length << 5);
    for (let index = 0; index < this.#words.length; index += 1) {
      const word = (this.#words[index] ?? 0) & (other.#words[index] ?? 0);
      both.#words[index] = word;
      both.#size += bitCount(word);
    }
    return both;
  }

  /** Ascending. */
  ranks(): readonly number[] {
    const ranks: number[] = [];
    for (const [index, word] of this.#words.entries()) {
      for (let rest = word; rest !== 0; rest &= rest - 1) ranks.push((index << 5) + 31 - Math.clz32(rest & -rest));
    }
    return ranks;
  }
}

function bitCount(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
