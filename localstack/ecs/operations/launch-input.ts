import * as z from 'zod';
import { toClusterArn } from '../arns.ts';
import { type ContainerInstance, type TaskDefinition, type TaskOverride, taskOverride } from '../entities.ts';
import type { Launch } from '../new-task.ts';
import { clientError, clusterInput, type EcsContext, findCluster, instancesOf, invalid } from './operation.ts';
import { tagsInput } from './tags.ts';
import { findTaskDefinition } from './task-definitions.ts';

/** ECS: characters of all overrides of a call, JSON syntax included (aws.md §1.1). */
const MAX_OVERRIDES_CHARACTERS = 8192;

const networkConfiguration = z.strictObject({
  awsvpcConfiguration: z.strictObject({
    subnets: z.array(z.string()).min(1).max(16),
    securityGroups: z.array(z.string()).max(5).optional(),
    assignPublicIp: z.literal('DISABLED', 'is not supported for launch type EC2').optional(),
  }),
});

/** ECS: letters, digits, `-`, `_` and `/` (aws.md §1.1). */
export function startedByInput(longest: number) {
  return z
    .string()
    .regex(new RegExp(`^[A-Za-z0-9_/-]{0,${longest}}$`), `must be up to ${longest} letters, digits, - _ /`)
    .optional();
}

/** What StartTask and RunTask have in common. */
export const launchInput = {
  cluster: clusterInput,
  taskDefinition: z.string(),
  group: z.string().max(255).optional(),
  overrides: taskOverride
    .refine(
      (overrides) => JSON.stringify(overrides).length <= MAX_OVERRIDES_CHARACTERS,
      `Container Overrides length must be at most ${MAX_OVERRIDES_CHARACTERS}`,
    )
    .default({ containerOverrides: [] }),
  tags: tagsInput,
  enableECSManagedTags: z.boolean().default(false),
  propagateTags: z.enum(['TASK_DEFINITION', 'NONE'], 'must be TASK_DEFINITION or NONE: there is no service').optional(),
  networkConfiguration: networkConfiguration.optional(),
  enableExecuteCommand: z.literal(false, 'there is no ECS Exec in the local cloud').optional(),
  // AWS's own; without effect for callers.
  referenceId: z.string().optional(),
};

const common = z.object(launchInput);
type LaunchInput = z.infer<typeof common> & { readonly startedBy?: string | undefined };

/** The launch that a call asks for. Throws what ECS throws, before anything is started. */
export function toLaunch(context: EcsContext, input: LaunchInput): Launch {
  const cluster = findCluster(context, input.cluster);
  const definition = findTaskDefinition(context.state, input.taskDefinition);
  if (definition === undefined) throw clientError('TaskDefinition not found.');
  if (definition.status !== 'ACTIVE') throw clientError('TaskDefinition is inactive');
  refuseOverrides(input.overrides, definition);
  refuseNetwork(context, cluster, input, definition);
  return {
    cluster,
    definition,
    overrides: input.overrides,
    startedBy: input.startedBy,
    group: input.group ?? `family:${definition.family}`,
    tags: {
      ...(input.propagateTags === 'TASK_DEFINITION' && definition.tags),
      ...input.tags,
      ...(input.enableECSManagedTags && { 'aws:ecs:clusterName': cluster }),
    },
  };
}

function refuseOverrides(overrides: TaskOverride, definition: TaskDefinition): void {
  const names = definition.containerDefinitions.map((each) => each.name);
  const stranger = overrides.containerOverrides.find((each) => !names.includes(each.name));
  if (stranger !== undefined) {
    throw invalid(`Override for container named ${stranger.name} is not a container in the TaskDefinition.`);
  }
}

function refuseNetwork(
  context: EcsContext,
  cluster: string,
  input: LaunchInput,
  { networkMode }: TaskDefinition,
): void {
  const { networkConfiguration: network } = input;
  if (networkMode !== 'awsvpc') {
    if (network === undefined) return;
    throw invalid('Network Configuration is not valid for the given networkMode of this task definition.');
  }
  if (network === undefined) {
    throw invalid('Network Configuration must be provided when networkMode awsvpc is specified.');
  }
  const subnets = network.awsvpcConfiguration.subnets;
  const known = instancesOf(context.state, cluster).map(subnetOfInstance);
  const unknown = subnets.find((subnet) => !known.includes(subnet));
  if (unknown === undefined) return;
  throw invalid(
    `Error retrieving subnet information for [${subnets.join(', ')}]: The subnet ID '${unknown}' does not exist ` +
      `(ErrorCode: InvalidSubnetID.NotFound) in ${toClusterArn(cluster)}; each zone's is the attribute ecs.subnet-id`,
  );
}

export function subnetOfInstance({ attributes }: ContainerInstance): string | undefined {
  return attributes['ecs.subnet-id'] ?? undefined;
}
