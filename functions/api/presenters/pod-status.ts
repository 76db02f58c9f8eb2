import { launchObstacles } from '../../../lib/launch/launch-obstacles.ts';
import type { ContentHash } from '../../../lib/model/ids.ts';
import { type Instance, isScheduled } from '../../../lib/model/instance.ts';
import type { PodSpec } from '../../../lib/model/run-spec.ts';
import type { TaskFailure } from '../../../lib/model/task-failure.ts';
import { parseTaskId } from '../../../lib/model/task-id.ts';
import { type Instant, toTimestamp } from '../../../lib/model/timestamp.ts';
import { given } from '../../../lib/schema/given.ts';
import { renderPod } from '../../../lib/schema/pod/render-pod.ts';
import { podInstanceState, presentPodInstance } from './pod-instance.ts';

/** What is known of a pod besides its definition. */
export interface PodStatus {
  /** All its instances, of every version. */
  readonly instances: readonly Instance[];
  /** The definitions that they were made from. */
  readonly specs: ReadonlyMap<ContentHash, PodSpec>;
  readonly lastTaskFailure?: TaskFailure;
  /** A running deployment stops it. */
  readonly stopping: boolean;
  readonly now: Instant;
}

/** The latest failure, as long as its instance is there. */
function terminationHistory({ instances, lastTaskFailure }: PodStatus) {
  if (lastTaskFailure === undefined) return [];
  const task = parseTaskId(lastTaskFailure.task);
  const instance = task.kind === 'instance' ? instances.find(({ id }) => id === task.instance) : undefined;
  if (instance === undefined) return [];
  return [
    {
      instanceID: instance.id,
      startedAt: toTimestamp(instance.startedAt ?? instance.stagedAt ?? instance.since),
      terminatedAt: toTimestamp(lastTaskFailure.at),
      message: lastTaskFailure.message,
      containers: [{ containerId: lastTaskFailure.task, lastKnownState: lastTaskFailure.state }],
    },
  ];
}

/** Waits for its first launch: Marathon does not list it. */
const isFresh = (instance: Instance): boolean => isScheduled(instance) && instance.agent === undefined;

function stateOf(pod: PodSpec, { instances, stopping }: PodStatus): 'TERMINAL' | 'STABLE' | 'DEGRADED' {
  if (stopping) return 'TERMINAL';
  const stable = instances.filter((instance) => podInstanceState(instance).status === 'STABLE').length;
  return stable >= pod.instances ? 'STABLE' : 'DEGRADED';
}

/** Why instances wait that no agent could take. */
function obstacleText(pod: PodSpec, { instances }: PodStatus): string | undefined {
  if (!instances.some(isScheduled)) return undefined;
  return launchObstacles(pod).map(({ text }) => text)[0];
}

/** A pod and how its instances are (responses.md §10). */
export function presentPodStatus(pod: PodSpec, status: PodStatus) {
  const shown = status.instances.filter((instance) => !isFresh(instance));
  const now = toTimestamp(status.now);
  const since = shown.length === 0 ? now : toTimestamp(Math.max(...shown.map((instance) => instance.since)));
  return given({
    id: pod.id,
    spec: renderPod(pod),
    status: stateOf(pod, status),
    statusSince: since,
    message: obstacleText(pod, status),
    instances: shown.map((instance) => presentPodInstance(status.specs.get(instance.runSpecHash) ?? pod, instance)),
    terminationHistory: terminationHistory(status),
    lastUpdated: now,
    lastChanged: since,
  });
}
