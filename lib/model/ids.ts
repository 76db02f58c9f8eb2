import type { Brand } from './brand.ts';
import { type PathId, toSafePath } from './path-id.ts';

/** `prod_web.instance-<uuid v1>` */
export type InstanceId = Brand<string, 'InstanceId'>;
/** `<instance id>._app.<incarnation>`, or `<instance id>.<container>.<incarnation>` in a pod */
export type TaskId = Brand<string, 'TaskId'>;
/** A uuid, 36 characters: the most that StartTask's `startedBy` takes */
export type LaunchId = Brand<string, 'LaunchId'>;
export type DeploymentId = Brand<string, 'DeploymentId'>;
/** The EC2 instance id of a container instance; on the wire `slaveId` */
export type AgentId = Brand<string, 'AgentId'>;
export type ContainerInstanceArn = Brand<string, 'ContainerInstanceArn'>;
export type TaskArn = Brand<string, 'TaskArn'>;
/** Lower-case hex SHA-256 of canonical JSON: the address of an immutable item */
export type ContentHash = Brand<string, 'ContentHash'>;

export function toInstanceId(runSpec: PathId, uuid: string): InstanceId {
  return `${toSafePath(runSpec)}.instance-${uuid}` as InstanceId;
}

/** The task of one container of a pod's instance. */
export function toPodTaskId(instanceId: InstanceId, container: string, incarnation: number): TaskId {
  return `${instanceId}.${container}.${incarnation}` as TaskId;
}

/** Marathon 1.8 and later: the incarnation rises by one with each relaunch of the same instance. */
export function toAppTaskId(instanceId: InstanceId, incarnation: number): TaskId {
  return `${instanceId}._app.${incarnation}` as TaskId;
}
