import type { AgentSighting } from '../../lib/gateways/cluster.ts';
import type { Resources } from '../../lib/model/resources.ts';
import type { TaskSighting } from '../../lib/model/task.ts';
import { toTimestamp } from '../../lib/model/timestamp.ts';

const iso = (at: number | undefined): string | undefined => (at === undefined ? undefined : toTimestamp(at));

/** The event of a task as the queue delivers it. */
export function taskEventBody(task: TaskSighting): string {
  const {
    arn,
    launch,
    containerInstance,
    exitCode,
    containerReason,
    bindings,
    createdAt,
    startedAt,
    stoppedAt,
    ...rest
  } = task;
  const detail = {
    ...rest,
    taskArn: arn,
    startedBy: launch,
    containerInstanceArn: containerInstance,
    createdAt: iso(createdAt),
    startedAt: iso(startedAt),
    stoppedAt: iso(stoppedAt),
    containers: [{ exitCode, reason: containerReason, networkBindings: bindings }],
  };
  return JSON.stringify({ 'detail-type': 'ECS Task State Change', detail });
}

const resourcesOf = ({ cpus, mem }: Resources) => [
  { name: 'CPU', integerValue: Math.round(cpus * 1024) },
  { name: 'MEMORY', integerValue: mem },
];

/** The event of a container instance as the queue delivers it. */
export function agentEventBody({ id, arn, version, status, connected, registered, remaining }: AgentSighting): string {
  const detail = {
    ec2InstanceId: id,
    containerInstanceArn: arn,
    version,
    status,
    agentConnected: connected,
    registeredResources: resourcesOf(registered),
    remainingResources: resourcesOf(remaining),
    attributes: [],
  };
  return JSON.stringify({ 'detail-type': 'ECS Container Instance State Change', detail });
}
