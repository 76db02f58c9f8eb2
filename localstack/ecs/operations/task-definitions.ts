import * as z from 'zod';
import { parseTaskDefinition, toTaskDefinitionArn } from '../arns.ts';
import { type ContainerDefinition, containerDefinition, type TaskDefinition } from '../entities.ts';
import { viewTags, viewTaskDefinition } from '../views.ts';
import { clientError, type EcsContext, invalid, operation } from './operation.ts';
import { pageInput, takePage } from './paging.ts';
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
  placementConstraints: z.array(z.unknown()).max(0, 'is not served: StartTask names its container instance').optional(),
  requiresCompatibilities: z.array(z.enum(['EC2', 'EXTERNAL'])).optional(),
  pidMode: kept,
  ipcMode: kept,
  runtimePlatform: kept,
});

export const taskDefinitionOperations = {
  RegisterTaskDefinition: operation(registerInput, register),
  DescribeTaskDefinition: operation(
    z.strictObject({ taskDefinition: z.string(), include: z.array(z.literal('TAGS')).default([]) }),
    ({ taskDefinition, include }, context) => {
      const found = findTaskDefinition(context, taskDefinition);
      if (found === undefined) throw clientError('Unable to describe task definition.');
      const tags = include.includes('TAGS') ? viewTags(found.tags) : undefined;
      return { taskDefinition: viewTaskDefinition(found), tags };
    },
  ),
  DeregisterTaskDefinition: operation(z.strictObject({ taskDefinition: z.string() }), ({ taskDefinition }, context) => {
    if (parseTaskDefinition(taskDefinition)?.revision === undefined) {
      throw invalid('taskDefinition: must name a revision, as family:revision or ARN');
    }
    const found = findTaskDefinition(context, taskDefinition);
    if (found === undefined) throw clientError('The specified task definition does not exist.');
    if (found.status === 'INACTIVE') return { taskDefinition: viewTaskDefinition(found) };
    const inactive: TaskDefinition = { ...found, status: 'INACTIVE', deregisteredAt: context.now() };
    context.state.definitions.put(inactive);
    return { taskDefinition: viewTaskDefinition(inactive) };
  }),
  ListTaskDefinitions: operation(
    z.strictObject({
      familyPrefix: z.string().optional(),
      status: z.enum(['ACTIVE', 'INACTIVE']).default('ACTIVE'),
      sort: z.enum(['ASC', 'DESC']).default('ASC'),
      ...pageInput,
    }),
    ({ familyPrefix, status, sort, ...page }, { state }) => {
      const wanted = [...state.definitions.values()]
        .filter((each) => each.status === status && (familyPrefix === undefined || each.family === familyPrefix))
        .toSorted((a, b) => (keyOf(a) < keyOf(b) === (sort === 'ASC') ? -1 : 1));
      const isAfter = (each: TaskDefinition, key: string) => (sort === 'ASC' ? keyOf(each) > key : keyOf(each) < key);
      const { items, nextToken } = takePage(wanted, isAfter, keyOf, page);
      return { taskDefinitionArns: items.map((each) => each.arn), nextToken };
    },
  ),
};

/** The revision that `family:revision` or an ARN names, or the newest active one of a family. */
export function findTaskDefinition({ state }: EcsContext, text: string): TaskDefinition | undefined {
  const name = parseTaskDefinition(text);
  if (name === undefined) return undefined;
  if (name.revision !== undefined) return state.definitions.get(toTaskDefinitionArn(name.family, name.revision));
  return [...state.definitions.values()]
    .filter((each) => each.family === name.family && each.status === 'ACTIVE')
    .reduce<TaskDefinition | undefined>(
      (newest, each) => (each.revision > (newest?.revision ?? 0) ? each : newest),
      undefined,
    );
}

function register(input: z.infer<typeof registerInput>, context: EcsContext) {
  const { family, containerDefinitions, networkMode, volumes, cpu, memory, tags, ...others } = input;
  refuseContradictions(input);
  const revisions = [...context.state.definitions.values()].filter((each) => each.family === family);
  const revision = Math.max(0, ...revisions.map((each) => each.revision)) + 1;
  const definition: TaskDefinition = {
    arn: toTaskDefinitionArn(family, revision),
    family,
    revision,
    status: 'ACTIVE',
    networkMode,
    cpu,
    memory,
    containerDefinitions,
    volumes,
    others: { placementConstraints: [], requiresAttributes: [], ...others },
    registeredAt: context.now(),
    registeredBy: context.accessKeyId,
    tags,
  };
  context.state.definitions.put(definition);
  return { taskDefinition: viewTaskDefinition(definition), tags: viewTags(tags) };
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

function keyOf({ family, revision }: TaskDefinition): string {
  return `${family}:${String(revision).padStart(9, '0')}`;
}
