import type { Agent } from '../../../lib/model/agent.ts';
import type { Held } from '../../../lib/model/held.ts';
import { type InstanceId, toInstanceId } from '../../../lib/model/ids.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import type { Rejection } from '../../../lib/model/rejection.ts';
import { NO_RESOURCES } from '../../../lib/model/resources.ts';
import type { AppSpec } from '../../../lib/model/run-spec.ts';
import type { ClusterSnapshot, PendingLaunch, SchedulePlan } from '../../../lib/model/schedule.ts';
import { anAgent } from '../../fixtures/an-agent.ts';
import { aScheduledInstance } from '../../fixtures/an-instance.ts';

/** `count` waiting instances of a spec: `<spec>.instance-0`, `-1`, … */
export function waiting(spec: AppSpec, count = 1, replacement = false): readonly PendingLaunch[] {
  return Array.from({ length: count }, (_, index) => ({
    instance: aScheduledInstance({
      id: toInstanceId(spec.id, String(index)),
      runSpec: spec.id,
      runSpecVersion: spec.version,
      configVersion: spec.versionInfo.lastConfigChangeAt,
    }),
    spec,
    replacement,
  }));
}

/** The snapshot of a scheduler in region `local`: what is given, with the pending instances among the known ones. */
export function aSnapshot(
  agents: readonly Agent[],
  pending: readonly PendingLaunch[],
  others: readonly Instance[] = [],
): ClusterSnapshot {
  const all = [...others, ...pending.map(({ instance }) => instance)];
  const instances = Map.groupBy(all, (instance) => instance.runSpec);
  return { localRegion: 'local', ranking: 'binpack', agents, pending, instances };
}

/** Agents `a`, `b`, … in zones and racks as named. */
export function agentsAt(places: readonly { readonly zone?: string; readonly rack?: string }[]): readonly Agent[] {
  return places.map(({ zone = 'local-a', rack }, index) =>
    anAgent({
      id: String.fromCharCode(97 + index),
      facts: { zone, attributes: rack === undefined ? {} : { rack } },
    }),
  );
}

/** Cpus that an instance of another run spec holds on an agent. */
export const claimOf = (cpus: number): Held => ({ resources: { ...NO_RESOURCES, cpus }, hostPorts: [] });

/** What no agent takes, each instance apart, with every agent's first no. */
export function waitingOf({ unplaced }: SchedulePlan): readonly {
  readonly instance: InstanceId;
  readonly rejections: readonly Rejection[];
}[] {
  return unplaced.flatMap(({ instances, refusals }) =>
    instances.map((instance) => ({ instance, rejections: refusals.list() })),
  );
}

/** Short form of a plan: agent by instance for what is placed, `agent: reason` lists for what is not. */
export function outcomeOf(plan: SchedulePlan): Readonly<Record<InstanceId, string | readonly string[]>> {
  return Object.fromEntries([
    ...plan.placements.map(({ instance, agent }) => [instance, agent] as const),
    ...waitingOf(plan).map(
      ({ instance, rejections }) => [instance, rejections.map(({ agent, reason }) => `${agent}: ${reason}`)] as const,
    ),
  ]);
}
