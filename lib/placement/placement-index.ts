import { constraintHolds, isStatic } from '../constraints/constraint-holds.ts';
import { ValueTally } from '../constraints/value-tally.ts';
import type { Agent } from '../model/agent.ts';
import type { Constraint } from '../model/constraint.ts';
import type { PlacementRanking } from '../model/schedule.ts';
import { AgentTable } from './agent-table.ts';
import { agentValue } from './agent-value.ts';
import { BitSet } from './bit-set.ts';
import type { Candidate } from './candidate.ts';
import { Partition } from './partition.ts';
import { faultDomain, mayLeaveRegion } from './rules/fault-domain.ts';
import { maintenance } from './rules/maintenance.ts';
import type { LastingRequest, LastingRule } from './rules/refusing-rule.ts';
import { acceptedRoles, role } from './rules/role.ts';
import { volumeZone } from './rules/volume-zone.ts';
import { ValueColumn } from './value-column.ts';

/** Above this many cells, ordering every cell apart costs more than looking past some agents. */
const MOST_CELLS = 128;

/** So many changes take about ten microseconds. */
const FEW_CHANGES = 32;

/** What no placement changes about who may take a run spec, as sets of agents by rank. */
export interface Lasting {
  readonly key: string;
  readonly role: BitSet;
  readonly faultDomain: BitSet;
  readonly constraints: BitSet;
  readonly volumeZone: BitSet;
  readonly maintenance: BitSet;
  /** Role, fault domain and maintenance: few such sets serve all run specs. */
  readonly base: { readonly key: string; readonly members: BitSet };
  /** All of it. */
  readonly members: BitSet;
}

/** The lists to look through, and which of their agents count when not all do. */
export interface Scope {
  readonly partition: Partition;
  readonly only: BitSet | undefined;
}

/** A field's value that the first placed instance has fixed for all others (CLUSTER without a value). */
export interface Pin {
  readonly field: string;
  readonly value: string;
}

/** The combinations of some fields' values that agents have. */
export interface Cells {
  /** By rank; negative where a field has no value. */
  readonly cellOf: Int32Array;
  /** By cell: the values in the order of the fields. */
  readonly values: readonly (readonly string[])[];
}

/**
 * The agents of a plan in the forms that make finding a place fast: columns of interned values, a bit set per lasting
 * condition (each evaluated once per distinct value), and agents in order of preference per set. All but the columns of
 * free amounts are made when first asked for.
 */
export class PlacementIndex {
  readonly table: AgentTable;
  readonly #columns = new Map<string, ValueColumn>();
  readonly #sets = new Map<string, BitSet>();
  readonly #lasting = new Map<string, Lasting>();
  readonly #partitions = new Map<string, Partition>();
  /** The same in the order in which they catch up, and whose turn it is. */
  readonly #inTurn: Partition[] = [];
  #turn = 0;
  readonly #cells = new Map<string, { readonly few: Cells | undefined }>();

  #updates = 0;

  constructor(agents: readonly Agent[], ranking: PlacementRanking) {
    this.table = new AgentTable(agents, ranking);
  }

  /** How often the agents were changed from outside: what is read of a plan holds while this stays. */
  get updates(): number {
    return this.#updates;
  }

  /** Goes on with these agents, if they are the same machines; see `AgentTable.update`. */
  update(agents: readonly Agent[]): boolean {
    this.#updates += 1;
    return this.table.update(agents);
  }

  /** The agents' values of a constraint field. */
  column(field: string): ValueColumn {
    return this.#column(`field ${field}`, (agent) => agentValue(agent, field));
  }

  candidate(rank: number): Candidate {
    const agent = this.table.agent(rank);
    return {
      agent,
      free: this.table.free(rank),
      ports: this.table.ports(rank),
      disks: this.table.disks(rank),
      freeSlots: this.table.freeSlots(rank),
      valueAt: (field) => this.column(field).at(rank),
    };
  }

  lasting(asked: LastingRequest): Lasting {
    const { spec, localRegion, volumeZones } = asked;
    const statics = spec.constraints.filter(isStatic);
    const roleKey = `role ${acceptedRoles(spec).join(',')}`;
    const domainKey = mayLeaveRegion(spec) ? 'any region' : `region ${localRegion}`;
    const baseKey = `${roleKey} ${domainKey}`;
    const zoneKey = volumeZones.length === 0 ? [] : [`volumes ${JSON.stringify(volumeZones)}`];
    const key = [baseKey, ...zoneKey, ...statics.map(keyOf)].join(' ');
    return memo(this.#lasting, key, () => {
      const byRole = this.#passing(role, roleKey, asked, ({ facts }) => facts.roles.join(','));
      const byDomain = this.#passing(faultDomain, domainKey, asked, ({ facts }) => facts.region);
      const byMaintenance = this.#passing(maintenance, 'maintenance', asked, ({ facts }) =>
        facts.connected ? facts.status : `${facts.status} disconnected`,
      );
      const base = memo(this.#sets, baseKey, () => byRole.and(byDomain).and(byMaintenance));
      const all = memo(this.#sets, 'all', () => this.#all());
      const constraints = statics.reduce((set, each) => set.and(this.#satisfying(each)), all);
      const [zoned] = zoneKey;
      const byZone =
        zoned === undefined ? all : this.#passing(volumeZone, zoned, asked, ({ facts }) => facts.zone ?? '');
      return {
        key,
        role: byRole,
        faultDomain: byDomain,
        constraints,
        volumeZone: byZone,
        maintenance: byMaintenance,
        base: { key: baseKey, members: base },
        members: base.and(constraints).and(byZone),
      };
    });
  }

  /**
   * The agents that satisfy what lasts and the pins, in cells by the fields. A set that holds most of its base shares
   * the lists of the base: there are few bases, and one look past an agent costs less than lists of its own.
   */
  scope(lasting: Lasting, pins: readonly Pin[], fields: readonly string[]): Scope {
    const key = [lasting.key, ...pins.map(({ field, value }) => JSON.stringify(['pin', field, value]))].join(' ');
    const members = memo(this.#sets, key, () =>
      pins.reduce((set, { field, value }) => set.and(this.#having(field, value)), lasting.members),
    );
    const { base } = lasting;
    const isWide = members.size * 2 >= base.members.size;
    const partition = this.#partition(isWide ? base.key : key, isWide ? base.members : members, fields);
    return { partition, only: isWide && members.size < base.members.size ? members : undefined };
  }

  /**
   * One of the partitions in turn learns what was placed meanwhile, if that is little: else the next that asks for it
   * would pay for all of it at once.
   */
  catchUpOne(): void {
    this.#turn = (this.#turn + 1) % Math.max(1, this.#inTurn.length);
    const partition = this.#inTurn[this.#turn];
    if (partition !== undefined && partition.behind <= FEW_CHANGES) partition.catchUp();
  }

  /** Undefined when the combinations are too many to keep apart. */
  cells(fields: readonly string[]): Cells | undefined {
    return memo(this.#cells, JSON.stringify(fields), () => ({ few: this.#fewCells(fields) })).few;
  }

  #fewCells(fields: readonly string[]): Cells | undefined {
    const columns = fields.map((field) => this.column(field));
    if (columns.some(({ size }) => size > MOST_CELLS)) return undefined;
    const whole: Cells = { cellOf: new Int32Array(this.table.size), values: [[]] };
    const { cellOf, values } = columns.reduce(divide, whole);
    return values.length > MOST_CELLS ? undefined : { cellOf, values };
  }

  #partition(key: string, members: BitSet, fields: readonly string[]): Partition {
    const full = fields.length === 0 ? key : `${key} by ${JSON.stringify(fields)}`;
    return memo(this.#partitions, full, () => {
      const cellOf = fields.length === 0 ? undefined : this.cells(fields)?.cellOf;
      const partition = new Partition(this.table, members, cellOf);
      this.#inTurn.push(partition);
      return partition;
    });
  }

  /** The agents that a rule passes; asked once per distinct value of all that the rule looks at. */
  #passing(rule: LastingRule, key: string, asked: LastingRequest, looksAt: (agent: Agent) => string): BitSet {
    return memo(this.#sets, key, () =>
      this.#column(`rule ${rule.name}`, looksAt).select(
        (rank) => rule.refuse(asked, this.candidate(rank)) === undefined,
        this.#none(),
      ),
    );
  }

  #satisfying(constraint: Constraint): BitSet {
    const column = this.column(constraint.field);
    return memo(this.#sets, keyOf(constraint), () =>
      column.select((rank) => constraintHolds(constraint, column.at(rank), NOTHING_PLACED), this.#none()),
    );
  }

  #having(field: string, value: string): BitSet {
    const column = this.column(field);
    return column.select((rank) => column.at(rank) === value, this.#none());
  }

  #column(key: string, text: (agent: Agent) => string | undefined): ValueColumn {
    return memo(this.#columns, key, () => new ValueColumn(this.table.size, (rank) => text(this.table.agent(rank))));
  }

  #none(): BitSet {
    return new BitSet(this.table.size);
  }

  #all(): BitSet {
    const all = this.#none();
    for (const rank of this.table.agents.keys()) all.add(rank);
    return all;
  }
}

/** Divides cells by one more field; an agent without a value of it is in none. */
function divide({ cellOf: former, values: formerValues }: Cells, column: ValueColumn): Cells {
  const numbers = new Map<number, number>();
  const values: (readonly string[])[] = [];
  const cellOf = new Int32Array(former.length).fill(-1);
  for (let rank = 0; rank < former.length; rank += 1) {
    const [cell, value] = [former[rank] ?? -1, column.at(rank)];
    if (cell < 0 || value === undefined) continue;
    const key = cell * column.size + (column.ids[rank] ?? 0);
    cellOf[rank] = memo(numbers, key, () => values.push([...(formerValues[cell] ?? []), value]) - 1);
  }
  return { cellOf, values };
}

const NOTHING_PLACED = { placed: new ValueTally(), wanted: 0 };

function keyOf({ field, operator, value }: Constraint): string {
  return JSON.stringify([field, operator, value ?? '']);
}

function memo<K, Value extends object | number>(known: Map<K, Value>, key: K, make: () => Value): Value {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
