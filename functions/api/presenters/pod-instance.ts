import type { Condition, Instance } from '../../../lib/model/instance.ts';
import { addResources, type Resources } from '../../../lib/model/resources.ts';
import type { PodSpec } from '../../../lib/model/run-spec.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { given } from '../../../lib/schema/given.ts';
import { HOLDING, presentPodContainers } from './pod-container.ts';
import { resultsOf } from './task-counts.ts';

export type PodInstanceState = 'PENDING' | 'STAGING' | 'STABLE' | 'DEGRADED' | 'TERMINAL';

const STATES: Readonly<Record<Condition, PodInstanceState>> = {
  Scheduled: 'PENDING',
  Provisioned: 'PENDING',
  Staging: 'STAGING',
  Starting: 'STAGING',
  Running: 'STABLE',
  Unreachable: 'DEGRADED',
  UnreachableInactive: 'DEGRADED',
  Killing: 'TERMINAL',
  Finished: 'TERMINAL',
  Killed: 'TERMINAL',
  Failed: 'TERMINAL',
  Error: 'TERMINAL',
  Gone: 'TERMINAL',
  Dropped: 'TERMINAL',
  Unknown: 'TERMINAL',
};

const isUnhealthy = (instance: Instance): boolean => resultsOf(instance).some(({ alive }) => !alive);

/** An instance's state, and what is to be said about it. */
export function podInstanceState(instance: Instance): { readonly status: PodInstanceState; readonly message?: string } {
  const status = STATES[instance.condition];
  if (status === 'STABLE' && isUnhealthy(instance)) {
    return { status: 'DEGRADED', message: 'at least one container is not healthy' };
  }
  return status === 'DEGRADED' ? { status, message: 'pod instance has become unreachable' } : { status };
}

function presentNetworks({ networks }: PodSpec, { agent }: Instance) {
  if (agent === undefined || agent.ipAddresses.length === 0) return [];
  const names = networks.flatMap(({ name }) => name ?? []);
  return [given({ name: names.length === 1 ? names[0] : undefined, addresses: agent.ipAddresses })];
}

function resourcesOf({ containers, executorResources }: PodSpec, { condition }: Instance): Resources {
  const held = HOLDING.has(condition) ? containers.map(({ resources }) => resources) : [];
  return held.reduce(addResources, { ...executorResources, gpus: 0 });
}

/** One instance of a pod (responses.md §10); `pod`: the definition it was made from. */
export function presentPodInstance(pod: PodSpec, instance: Instance) {
  const { agent } = instance;
  const { status, message } = podInstanceState(instance);
  const since = toTimestamp(instance.since);
  return given({
    id: instance.id,
    status,
    statusSince: since,
    message,
    conditions: [],
    agentHostname: agent?.host,
    agentId: agent?.id,
    agentRegion: agent?.region,
    agentZone: agent?.zone,
    resources: resourcesOf(pod, instance),
    networks: presentNetworks(pod, instance),
    containers: presentPodContainers(pod, instance),
    specReference: `/v2/pods${instance.runSpec}::versions/${instance.runSpecVersion}`,
    localVolumes: [],
    lastUpdated: since,
    lastChanged: since,
    role: pod.role,
  });
}

/** The answer of kills: an instance in its internal form (responses.md §11). */
export function presentKilledInstance(pod: PodSpec, instance: Instance) {
  const { agent, condition, since, activeSince, goal } = instance;
  return given({
    instanceId: instance.id,
    state: given({
      condition,
      since: toTimestamp(since),
      activeSince: activeSince === undefined ? undefined : toTimestamp(activeSince),
      healthy: resultsOf(instance).length === 0 ? undefined : !isUnhealthy(instance),
      goal,
    }),
    agentInfo:
      agent === undefined
        ? undefined
        : given({ host: agent.host, agentId: agent.id, region: agent.region, zone: agent.zone, attributes: [] }),
    runSpecVersion: instance.runSpecVersion,
    unreachableStrategy: pod.unreachableStrategy,
  });
}
