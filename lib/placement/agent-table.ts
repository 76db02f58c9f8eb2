import type { Agent } from '../model/agent.ts';
import type { DiskShare } from '../model/agent-disk.ts';
import type { AgentId } from '../model/ids.ts';
import { fromMillionths, toMillionths } from '../model/resource-amounts.ts';
import type { Resources } from '../model/resources.ts';
import type { PlacementRanking } from '../model/schedule.ts';
import { NO_SLOTS, SLOT_NAMES, type Slots } from '../model/slots.ts';
import { AgentDisks, NO_DISKS } from './agent-disks.ts';
import { AgentPorts } from './agent-ports.ts';
import { ChangeLog } from './change-log.ts';
import type { Demand } from './demand.ts';
import { placeInOrder, share } from './preference.ts';
import { isSameMachine } from './same-machine.ts';

/** Agents with the same registered cpus and memory: a demand takes the same share of each. */
export interface Shape {
  readonly cpus: number;
  readonly mem: number;
}

/**
 * What the agents have left after their claims and the placements so far, in columns by rank: the agent's position by
 * id. Amounts are in millionths, and negative where an agent shrank below what it runs.
 */
export class AgentTable {
  readonly agents: readonly Agent[];
  readonly cpus: Float64Array;
  readonly mem: Float64Array;
  readonly disk: Float64Array;
  readonly gpus: Float64Array;
  /** Free ports of the agent's ranges. */
  readonly freePorts: Float64Array;
  readonly shapes: readonly Shape[];
  /** Index into `shapes`. */
  readonly shapeOf: Int32Array;
  /** The place in the order and the rank in one number: ascending is best first, equals by id. */
  readonly keys: Float64Array;
  /** Keys are `place * keyStep + rank`. */
  readonly keyStep: number;
  readonly ranking: PlacementRanking;
  readonly changes = new ChangeLog();
  readonly #agents: Agent[];
  readonly #ports: AgentPorts[] = [];
  readonly #disks: AgentDisks[] = [];
  /** Of agents that count some. */
  readonly #slots: Slots[] = [];
  /** The list as it came. */
  #given: readonly Agent[];
  readonly #gains: number[] = [];
  /** Agents that a plan has taken from since they were read. */
  readonly #touched = new Set<number>();

  constructor(agents: readonly Agent[], ranking: PlacementRanking) {
    this.ranking = ranking;
    this.#given = agents;
    this.#agents = [...byId(agents)];
    this.agents = this.#agents;
    const size = agents.length;
    [this.cpus, this.mem, this.disk, this.gpus] = [column(size), column(size), column(size), column(size)];
    [this.freePorts, this.keys] = [column(size), column(size)];
    // No amount yet: the first reading changes it, to whatever.
    this.cpus.fill(Number.NaN);
    this.keyStep = 2 ** Math.ceil(Math.log2(Math.max(2, size)));
    ({ shapes: this.shapes, shapeOf: this.shapeOf } = shapesOf(this.#agents));
    for (const rank of this.#agents.keys()) this.#read(rank);
  }

  get size(): number {
    return this.agents.length;
  }

  /** Ranks of agents that may have become better for somebody, oldest first; taking gives none, but for the last gpu. */
  get gains(): readonly number[] {
    return this.#gains;
  }

  /**
   * Goes on with what the agents have now, also those that a plan has taken from: plans are proposals. The same list as
   * before means the same agents, but for those told by `replace`. False, and nothing done, when agents came or went or
   * changed in more than claims and what others use.
   */
  update(agents: readonly Agent[]): boolean {
    if (agents !== this.#given) {
      const sorted = this.#isAligned(agents) ? agents : byId(agents);
      const changed: number[] = [];
      for (const [rank, agent] of sorted.entries()) if (agent !== this.#agents[rank]) changed.push(rank);
      const isSame = (rank: number) => isSameMachine(sorted[rank], this.#agents[rank]);
      if (sorted.length !== this.size || !changed.every(isSame)) return false;
      for (const rank of changed) this.#read(rank, sorted[rank]);
      this.#given = agents;
    }
    for (const rank of this.#touched) this.#read(rank);
    this.#touched.clear();
    return true;
  }

  /** The agent is this now. False when it is not one of ours, or not the same machine. */
  replace(agent: Agent): boolean {
    const rank = this.rankOfAgent(agent.facts.id);
    if (rank === undefined || !isSameMachine(agent, this.#agents[rank])) return false;
    this.#read(rank, agent);
    this.#touched.delete(rank);
    return true;
  }

  /** In the order of ours, as a list read again and again is: then nothing need be sorted. */
  #isAligned(agents: readonly Agent[]): boolean {
    return agents.every((agent, rank) => {
      const known = this.#agents[rank];
      return agent === known || agent.facts.id === known?.facts.id;
    });
  }

  agent(rank: number): Agent {
    const agent = this.#agents[rank];
    if (agent === undefined) throw new RangeError(`no agent of rank ${rank}`);
    return agent;
  }

  ports(rank: number): AgentPorts {
    const ports = this.#ports[rank];
    if (ports === undefined) throw new RangeError(`no agent of rank ${rank}`);
    return ports;
  }

  disks(rank: number): AgentDisks {
    return this.#disks[rank] ?? NO_DISKS;
  }

  freeSlots(rank: number): Slots {
    return this.#slots[rank] ?? ENOUGH_SLOTS;
  }

  hasSlots(rank: number, wanted: Slots): boolean {
    return covers(this.freeSlots(rank), wanted);
  }

  /** In units. */
  free(rank: number): Resources {
    return {
      cpus: fromMillionths(this.cpus[rank] ?? 0),
      mem: fromMillionths(this.mem[rank] ?? 0),
      disk: fromMillionths(this.disk[rank] ?? 0),
      gpus: fromMillionths(this.gpus[rank] ?? 0),
    };
  }

  rankOf(key: number): number {
    return key % this.keyStep;
  }

  /** Enough of everything is free, fixed host ports, disks, slots and constraints aside. */
  hasRoom(rank: number, { least, leastPorts, sparesGpus }: Demand): boolean {
    const gpus = this.gpus[rank] ?? 0;
    return (
      (this.cpus[rank] ?? 0) >= least.cpus &&
      (this.mem[rank] ?? 0) >= least.mem &&
      (this.disk[rank] ?? 0) >= least.disk &&
      gpus >= least.gpus &&
      (this.freePorts[rank] ?? 0) >= leastPorts &&
      !(sparesGpus && gpus > 0)
    );
  }

  /** What is not ours aside, the agent is big enough for one. */
  couldHold(rank: number, { least, disks: wishes, slots: wanted, sparesGpus }: Demand): boolean {
    const { registered, foreign, disks = [], slots } = this.agent(rank).facts;
    return (
      toMillionths(registered.cpus) - toMillionths(foreign.cpus) >= least.cpus &&
      toMillionths(registered.mem) - toMillionths(foreign.mem) >= least.mem &&
      toMillionths(registered.disk) - toMillionths(foreign.disk) >= least.disk &&
      toMillionths(registered.gpus) - toMillionths(foreign.gpus) >= least.gpus &&
      (wishes.length === 0 || new AgentDisks(disks, []).choose(wishes) !== undefined) &&
      covers({ ...ENOUGH_SLOTS, ...slots }, wanted) &&
      !(sparesGpus && (this.gpus[rank] ?? 0) > 0)
    );
  }

  rankOfAgent(id: AgentId): number | undefined {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.agent(middle).facts.id < id) low = middle + 1;
      else high = middle;
    }
    return this.#agents[low]?.facts.id === id ? low : undefined;
  }

  take(rank: number, { taken, slots }: Demand, hostPorts: readonly number[], disks: readonly DiskShare[]): void {
    const gpusBefore = this.gpus[rank] ?? 0;
    this.#subtract(rank, taken);
    const ports = this.ports(rank);
    for (const port of hostPorts) ports.take(port);
    this.freePorts[rank] = ports.free;
    for (const share of disks) this.disks(rank).take(share);
    const counted = slots === NO_SLOTS ? undefined : this.#slots[rank];
    if (counted !== undefined) this.#slots[rank] = without(counted, slots);
    this.#touched.add(rank);
    if (gpusBefore > 0 && (this.gpus[rank] ?? 0) <= 0) this.#gains.push(rank);
    const before = this.keys[rank] ?? 0;
    this.keys[rank] = this.#keyOf(rank);
    this.changes.add(rank, before);
  }

  /** Takes in what the agent says of itself. */
  #read(rank: number, agent: Agent = this.agent(rank)): void {
    const { registered, foreign, ports: ranges, disks, slots } = agent.facts;
    const { resources: held, hostPorts } = agent.held;
    const ports = new AgentPorts(ranges);
    for (const port of hostPorts) ports.take(port);
    const cpus = toMillionths(registered.cpus) - toMillionths(foreign.cpus) - toMillionths(held.cpus);
    const mem = toMillionths(registered.mem) - toMillionths(foreign.mem) - toMillionths(held.mem);
    const disk = toMillionths(registered.disk) - toMillionths(foreign.disk) - toMillionths(held.disk);
    const gpus = toMillionths(registered.gpus) - toMillionths(foreign.gpus) - toMillionths(held.gpus);
    this.#agents[rank] = agent;
    this.#ports[rank] = ports;
    if (slots !== undefined) this.#slots[rank] = without({ ...ENOUGH_SLOTS, ...slots }, agent.held.slots ?? NO_SLOTS);
    if (disks !== undefined) this.#disks[rank] = new AgentDisks(disks, agent.held.disks ?? []);
    this.#gains.push(rank);
    // What was planned and is a claim now changes nothing.
    if (
      cpus === this.cpus[rank] &&
      mem === this.mem[rank] &&
      disk === this.disk[rank] &&
      gpus === this.gpus[rank] &&
      ports.free === this.freePorts[rank]
    ) {
      return;
    }
    this.cpus[rank] = cpus;
    this.mem[rank] = mem;
    this.disk[rank] = disk;
    this.gpus[rank] = gpus;
    this.freePorts[rank] = ports.free;
    const before = this.keys[rank] ?? 0;
    this.keys[rank] = this.#keyOf(rank);
    this.changes.add(rank, before);
  }

  #subtract(rank: number, amounts: Resources): void {
    this.cpus[rank] = (this.cpus[rank] ?? 0) - amounts.cpus;
    this.mem[rank] = (this.mem[rank] ?? 0) - amounts.mem;
    this.disk[rank] = (this.disk[rank] ?? 0) - amounts.disk;
    this.gpus[rank] = (this.gpus[rank] ?? 0) - amounts.gpus;
  }

  #keyOf(rank: number): number {
    const { cpus, mem } = this.shapes[this.shapeOf[rank] ?? 0] ?? { cpus: 0, mem: 0 };
    const free = share(fromMillionths(this.cpus[rank] ?? 0), cpus, fromMillionths(this.mem[rank] ?? 0), mem);
    return placeInOrder(free, this.ranking) * this.keyStep + rank;
  }
}

const ENOUGH_SLOTS: Slots = { interfaces: Number.POSITIVE_INFINITY, attachments: Number.POSITIVE_INFINITY };

function covers(free: Slots, wanted: Slots): boolean {
  return SLOT_NAMES.every((name) => wanted[name] === 0 || wanted[name] <= free[name]);
}

function without(free: Slots, taken: Slots): Slots {
  return { interfaces: free.interfaces - taken.interfaces, attachments: free.attachments - taken.attachments };
}

function column(size: number): Float64Array {
  return new Float64Array(size);
}

function byId(agents: readonly Agent[]): readonly Agent[] {
  let last: string | undefined;
  const isSorted = agents.every(({ facts }) => {
    const isAfter = last === undefined || last < facts.id;
    last = facts.id;
    return isAfter;
  });
  return isSorted ? agents : agents.toSorted((a, b) => (a.facts.id < b.facts.id ? -1 : 1));
}

function shapesOf(agents: readonly Agent[]): { readonly shapes: readonly Shape[]; readonly shapeOf: Int32Array } {
  const numbers = new Map<string, number>();
  const shapes: Shape[] = [];
  const shapeOf = Int32Array.from(agents, ({ facts: { registered } }) => {
    const name = `${registered.cpus} ${registered.mem}`;
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, shapes.length);
    return shapes.push({ cpus: registered.cpus, mem: registered.mem }) - 1;
  });
  return { shapes, shapeOf };
}
