/** The values of one field over the placed instances of a run spec; undefined stands for an instance without one. */
export class ValueTally {
  readonly #groups = new Map<string | undefined, number>();
  #first: string | undefined;
  #total = 0;

  add(value: string | undefined): void {
    if (this.#total === 0) this.#first = value;
    this.#total += 1;
    this.#groups.set(value, this.sizeOf(value) + 1);
  }

  get total(): number {
    return this.#total;
  }

  /** Value of the instance counted first. */
  get first(): string | undefined {
    return this.#first;
  }

  sizeOf(value: string | undefined): number {
    return this.#groups.get(value) ?? 0;
  }

  /** Sizes of all groups; instances without a value are one group (scheduling.md §2.3). */
  get groupSizes(): readonly number[] {
    return [...this.#groups.values()];
  }
}
