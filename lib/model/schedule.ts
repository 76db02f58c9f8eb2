import type { Agent } from './agent.ts';
import type { Held } from './held.ts';
import type { AgentId, InstanceId } from './ids.ts';
import type { Instance } from './instance.ts';
import type { PathId } from './path-id.ts';
import type { Rejection, RejectionReason, RuleName } from './rejection.ts';
import type { RunSpec } from './run-spec.ts';

/** An instance to place now: its delay has passed. `replacement`: it ran before, so it goes first. */
export interface PendingLaunch<S extends RunSpec = RunSpec> {
  readonly instance: Instance;
  readonly spec: S;
  readonly replacement: boolean;
}

/** Among the agents that fit: the fullest first, so that large instances find whole agents later, or the emptiest. */
export const PLACEMENT_RANKINGS = ['binpack', 'spread'] as const;
export type PlacementRanking = (typeof PLACEMENT_RANKINGS)[number];

/** Everything placement may look at: one moment, plain data. */
export interface ClusterSnapshot {
  /** Region of the scheduler; specs without a region or zone constraint stay in it (scheduling.md §2.5). */
  readonly localRegion: string;
  readonly ranking: PlacementRanking;
  readonly agents: readonly Agent[];
  readonly pending: readonly PendingLaunch[];
  /** All known instances of the pending run specs; constraints count among them. */
  readonly instances: ReadonlyMap<PathId, readonly Instance[]>;
  /** Zone of each external volume that exists, by name; absent: there is none. */
  readonly volumeZones?: ReadonlyMap<string, string>;
}

/** `resources`: with the volumes on the root disk. `hostPorts`: in the order of the spec's ports that take one. */
export interface Placement extends Held {
  readonly instance: InstanceId;
  readonly runSpec: PathId;
  readonly agent: AgentId;
}

/** Why the agents of a plan do not take an instance: each agent counts once, under its first refusal. */
export interface Refusals {
  /** How many agents were looked at: all of them, and each refused. */
  readonly agents: number;
  /** Agents by the name of the rule that refused; rules that refused none are left out. */
  readonly byRule: Readonly<Partial<Record<RuleName, number>>>;
  readonly byReason: Readonly<Partial<Record<RejectionReason, number>>>;
  /** One rejection per agent, by agent id: worked out anew at each call. */
  list(): readonly Rejection[];
  /** All that each agent lacks, by agent id: worked out anew at each call. */
  listAll(): readonly (readonly Rejection[])[];
}

/** Instances that wait for the same reasons: they ask the same of an agent. In the order of their turns. */
export interface Unplaced {
  readonly runSpec: PathId;
  readonly instances: readonly InstanceId[];
  /** As the plan leaves the agents. */
  readonly refusals: Refusals;
}

/** Every pending instance is in exactly one of the two lists. */
export interface SchedulePlan {
  readonly placements: readonly Placement[];
  readonly unplaced: readonly Unplaced[];
}
