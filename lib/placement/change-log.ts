/**
 * Every change of an agent's place in the order, oldest first, so that each ordered list can catch up when it is asked
 * and those that nobody asks cost nothing.
 */
export class ChangeLog {
  readonly #ranks: number[] = [];
  readonly #before: number[] = [];

  get length(): number {
    return this.#ranks.length;
  }

  add(rank: number, before: number): void {
    this.#ranks.push(rank);
    this.#before.push(before);
  }

  /** The agents that have changed from a former length on, each with the key that it had then. */
  since(length: number): ReadonlyMap<number, number> {
    const before = new Map<number, number>();
    for (let index = length; index < this.#ranks.length; index += 1) {
      const rank = this.#ranks[index] ?? 0;
      if (!before.has(rank)) before.set(rank, this.#before[index] ?? 0);
    }
    return before;
  }
}
