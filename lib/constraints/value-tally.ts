import { SizeCounts } from './size-counts.ts';

/**
 * The values of one field over the placed instances of a run spec; undefined stands for an instance without one.
 * `watched` are the values whose smallest group is asked for, those without any instance included.
 */
export class ValueTally {
  readonly #groups = new Map<string | undefined, number>();
  /** Made when first asked for. */
  #sizes: SizeCounts | undefined;
  readonly #watched: ReadonlySet<string> | undefined;
  readonly #watchedSizes: SizeCounts | undefined;
  #first: string | undefined;
  #total = 0;

  constructor(watched?: ReadonlySet<string>) {
    this.#watched = watched;
    this.#watchedSizes = watched && new SizeCounts(watched.size);
  }

  add(value: string | undefined): void {
    if (this.#total === 0) this.#first = value;
    this.#total += 1;
    const size = this.sizeOf(value);
    this.#groups.set(value, size + 1);
    this.#sizes?.grow(size);
    if (value !== undefined && this.#watched?.has(value)) this.#watchedSizes?.grow(size);
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

  /** How many values have instances; those without a value are one group (scheduling.md §2.3). */
  get groups(): number {
    return this.#groups.size;
  }

  /** Instances that groups hold beyond `share` each, summed. */
  beyond(share: number): number {
    this.#sizes ??= this.#countSizes();
    return this.#sizes.beyond(share);
  }

  /** Size of the smallest group among the watched values; infinite when none is watched. */
  get smallest(): number {
    return this.#watchedSizes?.smallest ?? Number.POSITIVE_INFINITY;
  }

  #countSizes(): SizeCounts {
    const sizes = new SizeCounts();
    for (const group of this.#groups.values()) for (let size = 0; size < group; size += 1) sizes.grow(size);
    return sizes;
  }
}
