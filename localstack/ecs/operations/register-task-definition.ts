import * as z from 'zod';
import { toTaskDefinitionArn } from '../arns.ts';
import {
  type ContainerDefinition,
  containerDefinition,
  placementConstraints,
  type TaskDefinition,
} from '../entities.ts';
import { viewTags, viewTaskDefinition } from '../views.ts';
import { clientError, type EcsContext, operation } from './operation.ts';
import { tagsInput } from './tags.ts';

/** ECS: characters of a definition as JSON (aws.md §1.4, quotas). */
const MAX_DEFINITION_CHARACTERS = 64 * 1024;

const units = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number, as text')
  .transform(Number)
  .optional();

const kept = z.unknown().optional();

const registerInput = z.strictObject({
  family: z.string().regex(/^[A-Za-z0-9_-]{1,255}$/, 'must be up to 255 letters, digits, _ and -'),
  containerDefinitions: z.array(containerDefinition).min(1).max(10),
  networkMode: z.enum(['bridge', 'host', 'awsvpc', 'none']).optional(),
  volumes: z.array(z.looseObject({ name: z.string().default('') })).default([]),
  cpu: units,
  memory: units,
  tags: tagsInput,
  taskRoleArn: kept,
  executionRoleArn: kept,
  placementConstraints: placementConstraints.refine(
    (constraints) => constraints.every((each) => each.type === 'memberOf'),
    'takes memberOf only: distinctInstance belongs to RunTask',
  ),
  requiresCompatibilities: z.array(z.enum(['EC2', 'EXTERNAL'])).optional(),
  pidMode: kept,
  ipcMode: kept,
  runtimePlatform: kept,
});

export const registerTaskDefinitionOperations = { RegisterTaskDefinition: operation(registerInput, register) };

/** RegisterTaskDefinition: the next revision of its family, with ECS's defaults filled in. */
function register(input: z.infer<typeof registerInput>, context: EcsContext) {
  const { family, containerDefinitions, networkMode, volumes, cpu, memory, tags, ...others } = input;
  refuseContradictions(input);
  const revision = nextRevision(context, family);
  const definition: TaskDefinition = {
    arn: toTaskDefinitionArn(family, revision),
    family,
    revision,
    status: 'ACTIVE',
    networkMode,
    cpu,
    memory,
    containerDefinitions: containerDefinitions.map((each) => withHostPorts(each, networkMode)),
    volumes,
    others,
    registeredAt: context.now(),
    registeredBy: context.accessKeyId,
    tags,
  };
  context.state.families.put({ name: family, lastRevision: revision });
  context.state.definitions.put(definition);
  return { taskDefinition: viewTaskDefinition(definition), tags: viewTags(tags) };
}

/** ECS fills a host port in: the container's own where there is no mapping, else 0, for one that the agent picks. */
function withHostPorts(
  container: ContainerDefinition,
  networkMode: TaskDefinition['networkMode'],
): TaskDefinition['containerDefinitions'][number] {
  const unmapped = networkMode === 'host' || networkMode === 'awsvpc';
  const portMappings = container.portMappings.map((mapping) => {
    return { ...mapping, hostPort: mapping.hostPort ?? (unmapped ? mapping.containerPort : 0) };
  });
  return { ...container, portMappings };
}

function nextRevision({ state }: EcsContext, family: string): number {
  const known = [...state.definitions.values()].filter((each) => each.family === family).map((each) => each.revision);
  return Math.max(0, state.families.get(family)?.lastRevision ?? 0, ...known) + 1;
}

function refuseContradictions(input: z.infer<typeof registerInput>): void {
  const { containerDefinitions, volumes } = input;
  if (JSON.stringify(input).length > MAX_DEFINITION_CHARACTERS) throw clientError('Task definition is over 64 KiB.');
  const names = containerDefinitions.map((each) => each.name);
  if (new Set(names).size < names.length) throw clientError('Container names in a task definition must be unique.');
  if (!containerDefinitions.some((each) => each.essential)) {
    throw clientError('A task definition needs at least one essential container.');
  }
  for (const container of containerDefinitions) {
    refuseContainer(container, input);
    const unknown = container.mountPoints.find((mount) => !volumes.some((each) => each.name === mount.sourceVolume));
    if (unknown !== undefined) throw clientError(`Unknown volume '${unknown.sourceVolume}'.`);
  }
}

function refuseContainer(container: ContainerDefinition, { networkMode, memory }: z.infer<typeof registerInput>): void {
  const { name, memory: hard, memoryReservation: soft } = container;
  if (hard === undefined && soft === undefined && memory === undefined) {
    throw clientError(
      `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    );
  }
  if (hard !== undefined && soft !== undefined && soft > hard) {
    throw clientError(`Invalid setting for container '${name}'. 'memoryReservation' must be at most 'memory'.`);
  }
  if (container['dependsOn'] !== undefined) {
    throw clientError(
      `Container '${name}' has dependsOn: ECS of the local cloud starts all containers at once; drop it.`,
    );
  }
  const hostPortDiffers = container.portMappings.find(
    (each) => each.hostPort !== undefined && each.hostPort !== 0 && each.hostPort !== each.containerPort,
  );
  if ((networkMode === 'host' || networkMode === 'awsvpc') && hostPortDiffers !== undefined) {
    throw clientError(`With network mode ${networkMode}, host and container ports must match in port mappings.`);
  }
}
