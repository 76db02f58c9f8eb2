import type { PortRange } from '../model/resources.ts';
import type { HostPortWish } from '../model/spec-ports.ts';

/** What an instance asks of an agent's ports, counted once per run spec. */
export interface PortDemand {
  /** In request order: the order of the ports that are chosen. */
  readonly wishes: readonly HostPortWish[];
  readonly fixed: readonly number[];
  /** How many that may be any. */
  readonly dynamic: number;
}

const NO_PORTS: PortDemand = { wishes: [], fixed: [], dynamic: 0 };

export function portDemandOf(wishes: readonly HostPortWish[]): PortDemand {
  if (wishes.length === 0) return NO_PORTS;
  const fixed = wishes.flatMap((wish) => (wish.kind === 'fixed' ? [wish.port] : []));
  return { wishes, fixed, dynamic: wishes.filter(({ kind }) => kind === 'any').length };
}

/**
 * The host ports of one agent (scheduling.md §3.1). A fixed port is free when nobody holds it on this agent, inside the
 * agent's ranges or not (design §6); one instance may ask for it twice, as tcp and udp. Dynamic ports come from the
 * ranges seen as one ring.
 */
export class AgentPorts {
  readonly #ranges: readonly PortRange[];
  readonly #begin: number;
  readonly #span: number;
  /** One bit a port from the lowest of the ranges to the highest, made with the first port taken. */
  #taken: Uint32Array | undefined;
  #elsewhere: Set<number> | undefined;
  #free: number;

  constructor(ranges: readonly PortRange[]) {
    this.#ranges = ranges;
    this.#begin = ranges.reduce((lowest, { begin }) => Math.min(lowest, begin), Number.POSITIVE_INFINITY);
    this.#span = ranges.reduce((span, { end }) => Math.max(span, end - this.#begin + 1), 0);
    this.#free = countDistinct(ranges);
  }

  /** Free ports of the ranges. */
  get free(): number {
    return this.#free;
  }

  isTaken(port: number): boolean {
    const bit = port - this.#begin;
    if (bit >= 0 && bit < this.#span) return (((this.#taken?.[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
    return this.#elsewhere?.has(port) ?? false;
  }

  take(port: number): void {
    if (this.isTaken(port)) return;
    const bit = port - this.#begin;
    if (bit >= 0 && bit < this.#span) {
      this.#taken ??= new Uint32Array((this.#span + 31) >>> 5);
      this.#taken[bit >>> 5] = (this.#taken[bit >>> 5] ?? 0) | (1 << (bit & 31));
    } else {
      this.#elsewhere ??= new Set();
      this.#elsewhere.add(port);
    }
    if (this.#isInRange(port)) this.#free -= 1;
  }

  /** What keeps the ports from being chosen here: a fixed port that is taken, or too few free ones. */
  missing({ fixed, dynamic }: PortDemand): Readonly<Record<string, number>> | undefined {
    const taken = fixed.find((port) => this.isTaken(port));
    if (taken !== undefined) return { port: taken };
    const free = this.#free - new Set(fixed.filter((port) => this.#isInRange(port))).size;
    return dynamic > free ? { needed: dynamic, free } : undefined;
  }

  /**
   * Ports in the order of the wishes, which must not be missing. The dynamic ones are consecutive free ports around the
   * ring from `start` on, which depends on the launch: a port just freed does not go to the next service that asks.
   */
  choose({ wishes, fixed, dynamic }: PortDemand, start: number): readonly number[] {
    const found = this.#freePorts(fixed, dynamic, start);
    let used = 0;
    return wishes.flatMap((wish) => {
      if (wish.kind === 'fixed') return [wish.port];
      used += 1;
      return found.slice(used - 1, used);
    });
  }

  #freePorts(skip: readonly number[], needed: number, start: number): readonly number[] {
    const size = this.#ranges.reduce((sum, { begin, end }) => sum + end - begin + 1, 0);
    const found: number[] = [];
    for (let i = 0; i < size && found.length < needed; i += 1) {
      const port = this.#portAt((start + i) % size);
      if (!this.isTaken(port) && !skip.includes(port) && !found.includes(port)) found.push(port);
    }
    if (found.length < needed) throw new RangeError(`${needed} ports asked for, ${found.length} free`);
    return found;
  }

  #portAt(position: number): number {
    let left = position;
    for (const { begin, end } of this.#ranges) {
      const length = end - begin + 1;
      if (left < length) return begin + left;
      left -= length;
    }
    throw new RangeError(`no port at position ${position}`);
  }

  #isInRange(port: number): boolean {
    return this.#ranges.some(({ begin, end }) => port >= begin && port <= end);
  }
}

/** Ranges may overlap: a port counts once. */
function countDistinct(ranges: readonly PortRange[]): number {
  const sorted = ranges.length > 1 ? [...ranges].sort((a, b) => a.begin - b.begin) : ranges;
  let count = 0;
  let counted = -1;
  for (const { begin, end } of sorted) {
    const from = Math.max(begin, counted + 1);
    if (end >= from) count += end - from + 1;
    counted = Math.max(counted, end);
  }
  return count;
}
