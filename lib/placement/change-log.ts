/**
 * Every change of an agent's place in the order, oldest first, so that each ordered list can catch up when it is asked
 * and those that nobody asks cost nothing.
 */
export class ChangeLog {
  readonly #ranks: number[] = [];
  readonly #before: number[] = [];
  readonly #after: number[] = [];

  get length(): number {
    return this.#ranks.length;
  }

  add(rank: number, before: number, after: number): void {
    this.#ranks.push(rank);
    this.#before.push(before);
    this.#after.push(after);
  }

  /** Visits the changes from a former length on. */
  since(length: number, visit: (rank: number, before: number, after: number) => void): void {
    for (let index = length; index < this.#ranks.length; index += 1) {
      visit(this.#ranks[index] ?? 0, this.#before[index] ?? 0, this.#after[index] ?? 0);
    }
  }
}
