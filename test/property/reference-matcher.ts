import type { Agent } from '../../lib/model/agent.ts';
import type { DiskShare } from '../../lib/model/agent-disk.ts';
import type { Constraint } from '../../lib/model/constraint.ts';
import type { AgentId, InstanceId } from '../../lib/model/ids.ts';
import type { Instance } from '../../lib/model/instance.ts';
import type { Resources } from '../../lib/model/resources.ts';
import type { RunSpec } from '../../lib/model/run-spec.ts';
import type { ClusterSnapshot, PendingLaunch } from '../../lib/model/schedule.ts';
import type { Slots } from '../../lib/model/slots.ts';
import { hostPortWishesOf } from '../../lib/model/spec-ports.ts';
import { spread } from '../../lib/model/spread.ts';
import { chooseDisks, needs, slotsNeeded, slotsOfAgent, zonesOf } from './reference-volumes.ts';

/**
 * The plain matcher that the engine must agree with: asks every agent for every instance, one rule after another, and
 * counts everything anew each time. It shares no code with lib/placement and lib/constraints, so that a fault there
 * shows. Attribute values must be plain text and patterns mean the same to JavaScript.
 */

export interface ReferencePlan {
  readonly placements: readonly {
    readonly instance: InstanceId;
    readonly agent: AgentId;
    readonly hostPorts: readonly number[];
    readonly disks: readonly DiskShare[];
    readonly slots: Slots;
  }[];
  /** Per waiting instance: agents by the rule that refuses first. */
  readonly unplaced: ReadonlyMap<InstanceId, Readonly<Record<string, number>>>;
}

type Value = string | undefined;

interface Place {
  readonly agent: Agent;
  free: Resources;
  ports: Set<number>;
  /** MiB taken, by path. */
  disks: ReadonlyMap<string, number>;
  slots: Slots;
}

/** An instance that counts for constraints: the values of its site. */
interface Counted {
  readonly instance: InstanceId;
  readonly config: string;
  readonly valueAt: (field: string) => Value;
}

interface World {
  readonly snapshot: ClusterSnapshot;
  readonly places: readonly Place[];
  /** Where the plan has put instances so far, in its order. */
  readonly planned: { readonly launch: PendingLaunch; readonly place: Place }[];
  /** Values that GROUP_BY without a value keeps level, fixed when the plan begins. */
  readonly existing: ReadonlyMap<RunSpec, ReadonlyMap<string, ReadonlySet<string>>>;
}

export function referencePlan(snapshot: ClusterSnapshot): ReferencePlan {
  const places = snapshot.agents.map(placeOf).sort((a, b) => (a.agent.facts.id < b.agent.facts.id ? -1 : 1));
  const specs = new Set(snapshot.pending.map(({ spec }) => spec));
  const existing = new Map([...specs].map((spec) => [spec, existingValues(spec, snapshot, places)]));
  const world: World = { snapshot, places, planned: [], existing };
  const placements: ReferencePlan['placements'][number][] = [];
  let waiting = inTurns(snapshot.pending);
  for (;;) {
    const left = waiting.filter((launch) => {
      const best = bestPlace(launch, world);
      if (best === undefined) return true;
      const hostPorts = choosePorts(launch, best) ?? [];
      const { shares = [], taken } = chooseDisks(launch.spec, best.agent, best.disks);
      const resources = needs(launch.spec);
      best.free = rounded(best.free, (resource) => best.free[resource] - resources[resource]);
      best.disks = taken;
      const slots = slotsNeeded(launch.spec);
      best.slots = {
        interfaces: best.slots.interfaces - slots.interfaces,
        attachments: best.slots.attachments - slots.attachments,
      };
      for (const port of hostPorts) best.ports.add(port);
      world.planned.push({ launch, place: best });
      placements.push({ instance: launch.instance.id, agent: best.agent.facts.id, hostPorts, disks: shares, slots });
      return false;
    });
    if (left.length === waiting.length) break;
    waiting = left;
  }
  return { placements, unplaced: new Map(waiting.map((launch) => [launch.instance.id, countRefusals(launch, world)])) };
}

function placeOf(agent: Agent): Place {
  const { registered, foreign } = agent.facts;
  return {
    agent,
    free: rounded(registered, (resource) => registered[resource] - foreign[resource] - agent.held.resources[resource]),
    ports: new Set(agent.held.hostPorts),
    disks: new Map((agent.held.disks ?? []).map(({ path, size }) => [path, size])),
    slots: slotsOfAgent(agent, agent.held.slots),
  };
}

function rounded(shape: Resources, amount: (resource: keyof Resources) => number): Resources {
  const at = (resource: keyof Resources) => Math.round(amount(resource) * 1e6) / 1e6;
  return { ...shape, cpus: at('cpus'), mem: at('mem'), disk: at('disk'), gpus: at('gpus') };
}

/** Replacements first; in each round one of every run spec, in the given order. */
function inTurns(pending: readonly PendingLaunch[]): readonly PendingLaunch[] {
  const roundOf = (launch: PendingLaunch) =>
    pending
      .slice(0, pending.indexOf(launch))
      .filter(({ spec, replacement }) => spec.id === launch.spec.id && replacement === launch.replacement).length;
  return pending
    .map((launch) => ({ launch, kind: launch.replacement ? 0 : 1, round: roundOf(launch) }))
    .sort((a, b) => a.kind - b.kind || a.round - b.round)
    .map(({ launch }) => launch);
}

function bestPlace(launch: PendingLaunch, world: World): Place | undefined {
  const open = world.places.filter((place) => refusal(launch, place, world) === undefined);
  return open
    .map((place) => ({ place, rank: [...groupSizes(launch, place, world), preference(launch.spec, place, world)] }))
    .reduce<{ place: Place; rank: number[] } | undefined>(
      (best, each) => (best === undefined || isSmaller(each.rank, best.rank) ? each : best),
      undefined,
    )?.place;
}

function isSmaller(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0);
}

function groupSizes(launch: PendingLaunch, place: Place, world: World): readonly number[] {
  return launch.spec.constraints
    .filter(({ operator }) => operator === 'GROUP_BY')
    .map(({ field }) => count(valuesOf(launch, field, world), valueAt(place.agent, field)));
}

/** Smaller is better. */
function preference(spec: RunSpec, place: Place, { snapshot }: World): number {
  const left = leftShare(spec, place);
  return snapshot.ranking === 'spread' ? -left : left;
}

/** Billionths of the agent that stay free: its free share less the share that the instance takes. */
function leftShare({ resources }: RunSpec, { agent, free }: Place): number {
  const { registered } = agent.facts;
  const part = (amount: number, whole: number) => (whole > 0 ? Math.min(1, Math.max(0, amount / whole)) : 0);
  const share = ({ cpus, mem }: Resources) =>
    Math.round((part(cpus, registered.cpus) + part(mem, registered.mem)) * 1e9);
  return share(free) - share(resources);
}

function countRefusals(launch: PendingLaunch, world: World): Readonly<Record<string, number>> {
  const rules = world.places.map((place) => refusal(launch, place, world) ?? 'none');
  return Object.fromEntries([...Map.groupBy(rules, (rule) => rule)].map(([rule, list]) => [rule, list.length]));
}

/** The first rule of the funnel that says no. */
function refusal(launch: PendingLaunch, place: Place, world: World): string | undefined {
  const { spec, instance } = launch;
  const { facts } = place.agent;
  const reserved = instance.reservation?.agent;
  const needed = needs(spec);
  const hasEnough = (resource: keyof Resources) =>
    [resource, needed[resource] === 0 || needed[resource] <= place.free[resource]] as const;
  const hasSlots = (slot: keyof Slots, free: Slots) => {
    const wanted = slotsNeeded(spec)[slot];
    return wanted === 0 || wanted <= free[slot];
  };
  const funnel: readonly (readonly [rule: string, passes: boolean])[] = [
    ['role', offersRole(spec, place.agent)],
    ['fault-domain', isInRegion(spec, place.agent, world.snapshot.localRegion)],
    ['constraint', spec.constraints.every((constraint) => satisfies(constraint, launch, place, world))],
    ['volume-zone', zonesOf(spec, world.snapshot).every((zone) => zone === facts.zone)],
    ['reservation', reserved === undefined || reserved === facts.id],
    ['maintenance', facts.status === 'ACTIVE' && facts.connected],
    hasEnough('cpus'),
    hasEnough('mem'),
    hasEnough('disk'),
    ['volume-disks', chooseDisks(spec, place.agent, place.disks).shares !== undefined],
    ['volume-attachments', hasSlots('attachments', place.slots)],
    hasEnough('gpus'),
    ['ports', choosePorts(launch, place) !== undefined],
    ['network-interface', hasSlots('interfaces', place.slots)],
    ['gpu-preference', place.free.gpus <= 0 || !leavesGpus(spec) || reserved === facts.id],
  ];
  return funnel.find(([, passes]) => !passes)?.[0];
}

function offersRole(spec: RunSpec, { facts }: Agent): boolean {
  const accepted = spec.acceptedResourceRoles.length > 0 ? spec.acceptedResourceRoles : ['*', spec.role];
  return accepted.some((role) => facts.roles.includes(role));
}

function isInRegion({ constraints }: RunSpec, { facts }: Agent, local: string): boolean {
  return ['', local].includes(facts.region) || constraints.some(({ field }) => ['@region', '@zone'].includes(field));
}

function leavesGpus({ resources, labels }: RunSpec): boolean {
  return resources.gpus === 0 && labels['GPU_SCHEDULING_BEHAVIOR'] !== 'unrestricted';
}

/** Port numbers in the order of the wishes; undefined when one is taken or too few are free. */
function choosePorts({ spec, instance }: PendingLaunch, { agent, ports }: Place): readonly number[] | undefined {
  const wishes = hostPortWishesOf(spec);
  const fixed = wishes.flatMap((wish) => (wish.kind === 'fixed' ? [wish.port] : []));
  if (fixed.some((port) => ports.has(port))) return undefined;
  const ring = agent.facts.ports.flatMap(({ begin, end }) =>
    Array.from({ length: end - begin + 1 }, (_, i) => begin + i),
  );
  const start = ring.length === 0 ? 0 : spread(`${instance.id}.${instance.incarnation}`) % ring.length;
  const turned = [...ring.slice(start), ...ring.slice(0, start)];
  const free = [...new Set(turned.filter((port) => !ports.has(port) && !fixed.includes(port)))];
  if (free.length < wishes.filter(({ kind }) => kind === 'any').length) return undefined;
  return wishes.map((wish) => (wish.kind === 'fixed' ? wish.port : (free.shift() ?? 0)));
}

function satisfies(constraint: Constraint, launch: PendingLaunch, { agent }: Place, world: World): boolean {
  const { field, operator, value = '' } = constraint;
  const offered = valueAt(agent, field);
  if (offered === undefined) return operator === 'UNLIKE';
  const there = valuesOf(launch, field, world);
  const matches = () => new RegExp(`^(?:${value})$`).test(offered);
  switch (operator) {
    case 'UNIQUE':
      return !there.includes(offered);
    case 'MAX_PER':
      return count(there, offered) < Math.max(1, Number(value));
    case 'CLUSTER':
      return value === '' ? there.length === 0 || there[0] === offered : offered === value;
    case 'LIKE':
      return value !== '' && matches();
    case 'UNLIKE':
      return value !== '' && !matches();
    case 'IS':
      return offered === value;
    case 'GROUP_BY': {
      const existing = world.existing.get(launch.spec)?.get(field) ?? new Set();
      return keepsEven(value, launch.spec.instances, there, offered, existing);
    }
  }
}

function keepsEven(
  value: string,
  wanted: number,
  there: readonly Value[],
  offered: string,
  existing: ReadonlySet<string>,
): boolean {
  const size = count(there, offered);
  const groups = value === 'inf' ? 2 ** 31 - 1 : Number(value);
  if (groups === 0) return [...existing].every((each) => size <= count(there, each));
  const sizes = [...new Set(there)].map((each) => count(there, each));
  if (size === 0) return sizes.length < groups;
  const share = Math.floor(wanted / groups);
  const extra = sizes.reduce((sum, each) => sum + Math.max(0, each - share), 0);
  return size < share || (size === share && extra < wanted % groups);
}

/** Values of the instances that count for the launch: those known and those planned, in order, itself aside. */
function valuesOf({ spec, instance }: PendingLaunch, field: string, { snapshot, planned }: World): readonly Value[] {
  const since = spec.versionInfo.lastConfigChangeAt;
  const before: readonly Counted[] = (snapshot.instances.get(spec.id) ?? [])
    .filter((each) => counts(each))
    .flatMap(({ id, configVersion, agent }) =>
      agent === undefined
        ? []
        : [{ instance: id, config: configVersion, valueAt: (name) => siteValue({ ...agent, zone: agent.zone }, name) }],
    );
  const known = new Set(before.filter(({ config }) => config >= since).map((each) => each.instance));
  const added: readonly Counted[] = planned
    .filter(({ launch }) => launch.spec.id === spec.id && !known.has(launch.instance.id))
    .map(({ launch, place }) => ({
      instance: launch.instance.id,
      config: launch.spec.versionInfo.lastConfigChangeAt,
      valueAt: (name) => valueAt(place.agent, name),
    }));
  return [...before, ...added]
    .filter(({ config, instance: id }) => config >= since && id !== instance.id)
    .map((counted) => counted.valueAt(field));
}

/** Lost ones do not count; those that wait do with a reservation. */
function counts({ condition, goal, reservation }: Instance): boolean {
  if (condition === 'Scheduled') return reservation !== undefined;
  const terminal = ['Finished', 'Killed', 'Failed', 'Error', 'Gone', 'Dropped', 'Unknown'].includes(condition);
  if (terminal && goal === 'Running') return reservation !== undefined;
  return !['Unreachable', 'Gone', 'Dropped', 'Unknown'].includes(condition);
}

/** Per field the values of agents that could take the spec if they were empty. */
function existingValues(
  spec: RunSpec,
  snapshot: ClusterSnapshot,
  places: readonly Place[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const able = places.filter(({ agent, free }) => {
    const { registered, foreign, status, connected } = agent.facts;
    const usable = rounded(registered, (resource) => registered[resource] - foreign[resource]);
    return (
      offersRole(spec, agent) &&
      isInRegion(spec, agent, snapshot.localRegion) &&
      spec.constraints.every((constraint) => isLastinglyMet(constraint, agent)) &&
      status === 'ACTIVE' &&
      connected &&
      (['cpus', 'mem', 'disk', 'gpus'] as const).every(
        (resource) => needs(spec)[resource] === 0 || needs(spec)[resource] <= usable[resource],
      ) &&
      chooseDisks(spec, agent, new Map()).shares !== undefined &&
      zonesOf(spec, snapshot).every((zone) => zone === agent.facts.zone) &&
      (['interfaces', 'attachments'] as const).every((slot) => {
        const wanted = slotsNeeded(spec)[slot];
        return wanted === 0 || wanted <= slotsOfAgent(agent, undefined)[slot];
      }) &&
      (free.gpus <= 0 || !leavesGpus(spec))
    );
  });
  const values = (field: string) => new Set(able.flatMap(({ agent }) => valueAt(agent, field) ?? []));
  return new Map(spec.constraints.map(({ field }) => [field, values(field)]));
}

function isLastinglyMet({ field, operator, value = '' }: Constraint, agent: Agent): boolean {
  const offered = valueAt(agent, field);
  if (operator === 'UNLIKE')
    return offered === undefined || (value !== '' && !new RegExp(`^(?:${value})$`).test(offered));
  if (operator === 'LIKE') return offered !== undefined && value !== '' && new RegExp(`^(?:${value})$`).test(offered);
  if (operator === 'IS' || (operator === 'CLUSTER' && value !== '')) return offered === value;
  return true;
}

function valueAt({ facts, host }: Agent, field: string): Value {
  return siteValue({ ...facts, host: host.host, zone: facts.zone }, field);
}

function siteValue(
  site: Pick<Agent['facts'], 'region' | 'attributes'> & { readonly host: string; readonly zone: Value },
  field: string,
): Value {
  if (field === 'hostname' || field === '@hostname') return site.host;
  if (field === '@region') return site.region === '' ? undefined : site.region;
  return field === '@zone' ? site.zone : site.attributes[field];
}

function count(list: readonly Value[], value: Value): number {
  return list.filter((each) => each === value).length;
}
