import type { ContainerRun } from '../runtime/container-runtime.ts';
import { idOf } from './arns.ts';
import {
  type ContainerDefinition,
  containerDefinition,
  type HealthCheck,
  type Task,
  type TaskDefinition,
} from './entities.ts';
import { withOverride } from './resources.ts';

/** Docker's grace between SIGTERM and SIGKILL when a definition names none (aws.md §1.1). */
const DEFAULT_STOP_TIMEOUT_S = 30;

/** What the runtime starts: one run for each container of a task. */
export function toContainerRuns(task: Task, definition: TaskDefinition, host: string): readonly ContainerRun[] {
  const containers = definition.containerDefinitions.map((each) => withOverride(each, task.overrides));
  return containers.map((container) => ({
    taskId: idOf(task.arn),
    host,
    name: container.name,
    image: container.image,
    alone: containers.length === 1,
    entryPoint: container.entryPoint ?? [],
    command: container.command ?? [],
    environment: Object.fromEntries(container.environment.map(({ name, value }) => [name, value])),
    dockerLabels: container.dockerLabels ?? {},
    portMappings: container.portMappings.map((mapping) => toPortMapping(mapping, task.awsvpc, definition.networkMode)),
    extras: extrasOf(container, definition),
  }));
}

export function healthCheckOf(definition: TaskDefinition, container: string): HealthCheck | undefined {
  return definition.containerDefinitions.find((each) => each.name === container)?.healthCheck;
}

/** Milliseconds between SIGTERM and SIGKILL of a container. */
export function stopTimeoutOf(definition: TaskDefinition, container: string): number {
  const found = definition.containerDefinitions.find((each) => each.name === container);
  return (found?.stopTimeout ?? DEFAULT_STOP_TIMEOUT_S) * 1000;
}

function toPortMapping(
  { containerPort = 0, hostPort, protocol }: ContainerDefinition['portMappings'][number],
  awsvpc: boolean,
  networkMode: TaskDefinition['networkMode'],
): ContainerRun['portMappings'][number] {
  const fixed = awsvpc || networkMode === 'host';
  return { containerPort, hostPort: fixed ? containerPort : (hostPort ?? 0), protocol };
}

function extrasOf(container: ContainerDefinition, definition: TaskDefinition): Record<string, unknown> {
  const { mountPoints, volumesFrom, ...rest } = container;
  const known = new Set(Object.keys(containerDefinition.shape));
  const unserved = mountPoints.filter((mount) => !isSamePath(mount, definition));
  const asked = Object.entries({ ...rest, mountPoints: unserved, volumesFrom }).filter(
    ([name, value]) => (!known.has(name) || name === 'mountPoints' || name === 'volumesFrom') && !asksNothing(value),
  );
  return Object.fromEntries(asked);
}

/** A host directory mounted under its own path is what a process of this machine sees anyway. */
function isSamePath(mount: ContainerDefinition['mountPoints'][number], definition: TaskDefinition): boolean {
  const host = definition.volumes.find((volume) => volume.name === mount.sourceVolume)?.['host'];
  const sourcePath = typeof host === 'object' && host !== null && 'sourcePath' in host ? host.sourcePath : undefined;
  return sourcePath === mount.containerPath;
}

function asksNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true;
  return Array.isArray(value) ? value.length === 0 : typeof value === 'object' && Object.keys(value).length === 0;
}
