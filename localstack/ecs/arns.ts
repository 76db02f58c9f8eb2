import { createHash } from 'node:crypto';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../endpoint/aws-service.ts';

const PREFIX = `arn:aws:ecs:${LOCAL_REGION}:${LOCAL_ACCOUNT}:`;

export function toClusterArn(cluster: string): string {
  return `${PREFIX}cluster/${cluster}`;
}

/** The name in a cluster's short name or ARN. */
export function toClusterName(nameOrArn: string): string {
  return nameOrArn.startsWith(`${PREFIX}cluster/`) ? nameOrArn.slice(`${PREFIX}cluster/`.length) : nameOrArn;
}

/** A task's ARN from its id or ARN. */
export function toTaskArn(cluster: string, idOrArn: string): string {
  return idOrArn.startsWith('arn:') ? idOrArn : `${PREFIX}task/${cluster}/${idOrArn}`;
}

export function toContainerArn(cluster: string, taskId: string, containerId: string): string {
  return `${PREFIX}container/${cluster}/${taskId}/${containerId}`;
}

/** A container instance's ARN from its id or ARN. */
export function toContainerInstanceArn(cluster: string, idOrArn: string): string {
  return idOrArn.startsWith('arn:') ? idOrArn : `${PREFIX}container-instance/${cluster}/${idOrArn}`;
}

export function toTaskDefinitionArn(family: string, revision: number): string {
  return `${PREFIX}task-definition/${family}:${revision}`;
}

/** `family`, `family:revision` or ARN, taken apart; undefined when it is none of them. */
export function parseTaskDefinition(text: string): { readonly family: string; readonly revision?: number } | undefined {
  const prefix = `${PREFIX}task-definition/`;
  const name = text.startsWith(prefix) ? text.slice(prefix.length) : text;
  const [, family, revision] = /^([A-Za-z0-9_-]+)(?::(\d+))?$/.exec(name) ?? [];
  if (family === undefined) return undefined;
  return revision === undefined ? { family } : { family, revision: Number(revision) };
}

/** The last part of an ARN: a task's or a container instance's id. */
export function idOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** Ids of an agent, the same at every start: a container instance id and an EC2 instance id from cluster and host. */
export function agentIds(cluster: string, host: string): { readonly instance: string; readonly ec2: string } {
  const digest = createHash('sha256').update(`${cluster}/${host}`).digest('hex');
  return { instance: digest.slice(0, 32), ec2: `i-${digest.slice(32, 49)}` };
}

/** The one subnet of a zone. */
export function subnetOf(zone: string): string {
  return `subnet-${createHash('sha256').update(zone).digest('hex').slice(0, 17)}`;
}
