import { isStatic } from '../constraints/constraint-holds.ts';
import { newInstance } from '../instance/new-instance.ts';
import type { Agent } from '../model/agent.ts';
import { type Held, heldTogether } from '../model/held.ts';
import type { ContentHash, InstanceId } from '../model/ids.ts';
import type { Instance } from '../model/instance.ts';
import type { RunSpec } from '../model/run-spec.ts';
import type { ClusterSnapshot, PendingLaunch, PlacementRanking } from '../model/schedule.ts';

/** As records of before ADR 11 have it: claims with the same resources together, and all their ports. */
interface FormerAgent extends Omit<Agent, 'held'> {
  readonly claims: readonly (Omit<Held, 'disks' | 'slots'> & { readonly count: number })[];
}

/** Consecutive launches of one version; instances that have been nowhere yet are their id and incarnation. */
interface RecordedLaunches {
  /** Index into `specs`. */
  readonly spec: number;
  readonly replacement: boolean;
  readonly instances: readonly (readonly [InstanceId, number] | Instance)[];
}

/** All that a plan depends on, as JSON: `restoreSnapshot` makes a snapshot of it that has the same plan. */
export interface RecordedInputs {
  readonly localRegion: string;
  /** Not in records of before there was a choice. */
  readonly ranking?: PlacementRanking;
  readonly specs: readonly { readonly spec: RunSpec; readonly hash: ContentHash }[];
  readonly agents: readonly (Agent | FormerAgent)[];
  readonly pending: readonly RecordedLaunches[];
  /** Instances that constraints of pending run specs may count. */
  readonly counted: readonly Instance[];
  /** Of the external volumes that existed; absent: none. */
  readonly volumeZones?: readonly (readonly [name: string, zone: string])[];
}

const hasBeenNowhere = ({ agent, reservation }: Instance): boolean => agent === undefined && reservation === undefined;

function recordPending(pending: readonly PendingLaunch[]): Pick<RecordedInputs, 'specs' | 'pending'> {
  const numbers = new Map<RunSpec, number>();
  const specs: { readonly spec: RunSpec; readonly hash: ContentHash }[] = [];
  const groups: (RecordedLaunches & { readonly instances: RecordedLaunches['instances'][number][] })[] = [];
  for (const { instance, spec, replacement } of pending) {
    const number = numbers.get(spec) ?? specs.push({ spec, hash: instance.runSpecHash }) - 1;
    numbers.set(spec, number);
    const last = groups.at(-1);
    const one = hasBeenNowhere(instance) ? ([instance.id, instance.incarnation] as const) : instance;
    if (last?.spec === number && last.replacement === replacement) last.instances.push(one);
    else groups.push({ spec: number, replacement, instances: [one] });
  }
  return { specs, pending: groups };
}

/** What constraints can count: instances that are or were somewhere, of run specs whose constraints look at them. */
function recordCounted({ instances }: ClusterSnapshot, specs: RecordedInputs['specs']): readonly Instance[] {
  const looking = new Set(specs.flatMap(({ spec }) => (spec.constraints.every(isStatic) ? [] : [spec.id])));
  return [...looking].flatMap((id) => (instances.get(id) ?? []).filter((instance) => instance.agent !== undefined));
}

export function recordInputs(snapshot: ClusterSnapshot): RecordedInputs {
  const { specs, pending } = recordPending(snapshot.pending);
  return {
    localRegion: snapshot.localRegion,
    ranking: snapshot.ranking,
    specs,
    agents: snapshot.agents,
    pending,
    counted: recordCounted(snapshot, specs),
    ...(snapshot.volumeZones !== undefined && { volumeZones: [...snapshot.volumeZones] }),
  };
}

function isInstance(one: RecordedLaunches['instances'][number]): one is Instance {
  return !Array.isArray(one);
}

function toAgent(recorded: Agent | FormerAgent): Agent {
  if ('held' in recorded) return recorded;
  const { facts, host, claims } = recorded;
  const each = claims.flatMap(({ resources, count, hostPorts }) =>
    Array.from({ length: count }, (_, index) => ({ resources, hostPorts: index === 0 ? hostPorts : [] })),
  );
  return { facts, host, held: heldTogether(each) };
}

/** A snapshot with the same plan as the one that was recorded; what no plan depends on is made up. */
export function restoreSnapshot(recorded: RecordedInputs): ClusterSnapshot {
  const { localRegion, ranking = 'binpack', specs, agents, pending, counted, volumeZones } = recorded;
  return {
    localRegion,
    ranking,
    agents: agents.map(toAgent),
    pending: pending.flatMap(({ spec: number, replacement, instances }) => {
      const known = specs[number];
      if (known === undefined) throw new RangeError(`no spec ${number} in the record`);
      const { spec, hash } = known;
      return instances.map((one): PendingLaunch => {
        if (isInstance(one)) return { instance: one, spec, replacement };
        const [id, incarnation] = one;
        return { instance: { ...newInstance(id, spec, hash, 0), incarnation }, spec, replacement };
      });
    }),
    instances: Map.groupBy(counted, ({ runSpec }) => runSpec),
    ...(volumeZones !== undefined && { volumeZones: new Map(volumeZones) }),
  };
}
