/** The share of the capacity from which on the order of use is kept. */
const ORDERED_FROM = 0.75;

/** A map that forgets what was used longest ago, near enough: for immutable items, which never go stale. */
export class LruMap<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    // While there is room nothing is forgotten soon, and keeping the order costs more than the read.
    if (value !== undefined && this.#entries.size > this.#capacity * ORDERED_FROM) {
      this.#entries.delete(key);
      this.#entries.set(key, value);
    }
    return value;
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }

  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#capacity) {
      const oldest = this.#entries.keys().next();
      if (!oldest.done) this.#entries.delete(oldest.value);
    }
  }
}
