/** How many groups have which size. Groups only grow, so the smallest size only rises. */
export class SizeCounts {
  readonly #counts: number[];
  #groups: number;
  #smallest = 0;

  /** Groups known before they have anything. */
  constructor(empty = 0) {
    this.#counts = [empty];
    this.#groups = empty;
  }

  /** One group of this size has one more; one of size 0 may be new. */
  grow(size: number): void {
    const same = this.#countOf(size);
    if (same === 0) this.#groups += 1;
    else this.#counts[size] = same - 1;
    this.#counts[size + 1] = this.#countOf(size + 1) + 1;
  }

  beyond(share: number): number {
    let sum = 0;
    for (let size = share + 1; size < this.#counts.length; size += 1) sum += this.#countOf(size) * (size - share);
    return sum;
  }

  get smallest(): number {
    if (this.#groups === 0) return Number.POSITIVE_INFINITY;
    while (this.#countOf(this.#smallest) === 0) this.#smallest += 1;
    return this.#smallest;
  }

  #countOf(size: number): number {
    return this.#counts[size] ?? 0;
  }
}
