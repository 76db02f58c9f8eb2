import type { DiskShare } from '../model/agent-disk.ts';
import type { AgentId, InstanceId } from '../model/ids.ts';
import type { PathId } from '../model/path-id.ts';
import type { ClusterSnapshot, Refusals, SchedulePlan } from '../model/schedule.ts';

/** A plan in numbers: instances by their place in the snapshot's `pending`, agents by theirs in `agents`. */
export interface RecordedPlan {
  /** Instance, agent, host ports. */
  readonly placements: readonly (readonly number[])[];
  /** What placements take of disks, by their number; absent: no placement takes any. */
  readonly disks?: Readonly<Record<number, readonly DiskShare[]>>;
  readonly unplaced: readonly {
    readonly instances: readonly number[];
    readonly agents: number;
    readonly byRule: Refusals['byRule'];
  }[];
}

/** A plan as readers see it. */
export interface ReadablePlan {
  readonly placements: readonly {
    readonly instance: InstanceId;
    readonly runSpec: PathId;
    readonly agent: AgentId;
    readonly hostPorts: readonly number[];
    /** Of path and mount disks; absent: none. */
    readonly disks?: readonly DiskShare[];
  }[];
  readonly unplaced: readonly {
    readonly runSpec: PathId;
    readonly instances: readonly InstanceId[];
    /** How many agents refused, and by which rule. */
    readonly agents: number;
    readonly byRule: Refusals['byRule'];
  }[];
}

const numbered = <T>(items: readonly T[]): ReadonlyMap<T, number> =>
  new Map(items.map((item, index) => [item, index] as const));

function known<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new RangeError(`the plan speaks of ${what} that the snapshot has not`);
  return found;
}

/** To be asked before the next plan with the same memory, as the refusals. */
export function recordPlan({ placements, unplaced }: SchedulePlan, snapshot: ClusterSnapshot): RecordedPlan {
  const instances = numbered(snapshot.pending.map(({ instance }) => instance.id));
  const agents = numbered(snapshot.agents.map(({ facts }) => facts.id));
  const numberOf = (instance: InstanceId): number => known(instances.get(instance), instance);
  const shares = placements.flatMap(({ disks }, number) => (disks === undefined ? [] : [[number, disks] as const]));
  return {
    placements: placements.map(({ instance, agent, hostPorts }) => [
      numberOf(instance),
      known(agents.get(agent), agent),
      ...hostPorts,
    ]),
    ...(shares.length > 0 && { disks: Object.fromEntries(shares) }),
    unplaced: unplaced.map((one) => ({
      instances: one.instances.map(numberOf),
      agents: one.refusals.agents,
      byRule: one.refusals.byRule,
    })),
  };
}

export function readPlan({ placements, disks = {}, unplaced }: RecordedPlan, snapshot: ClusterSnapshot): ReadablePlan {
  const launchOf = (number: number) => known(snapshot.pending[number], `launch ${number}`);
  return {
    placements: placements.map(([instance = -1, agent = -1, ...hostPorts], number) => ({
      instance: launchOf(instance).instance.id,
      runSpec: launchOf(instance).spec.id,
      agent: known(snapshot.agents[agent], `agent ${agent}`).facts.id,
      hostPorts,
      ...(disks[number] !== undefined && { disks: disks[number] }),
    })),
    unplaced: unplaced.map(({ instances, agents, byRule }) => ({
      runSpec: launchOf(instances[0] ?? -1).spec.id,
      instances: instances.map((number) => launchOf(number).instance.id),
      agents,
      byRule,
    })),
  };
}
