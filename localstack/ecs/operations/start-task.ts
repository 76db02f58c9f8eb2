import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { toContainerArn, toContainerInstanceArn, toTaskArn } from '../arns.ts';
import {
  type Container,
  type ContainerInstance,
  type Task,
  type TaskDefinition,
  type TaskOverride,
  taskOverride,
} from '../entities.ts';
import { freeGpus, gpusOf, needOf, refuse, usageOf, withOverride } from '../resources.ts';
import { asDate, viewTags, viewTask } from '../views.ts';
import { clientError, clusterInput, type EcsContext, findCluster, invalid, missing, operation } from './operation.ts';
import { tagsInput } from './tags.ts';
import { findTaskDefinition } from './task-definitions.ts';

/** ECS: characters of all overrides of a call, JSON syntax included (aws.md §1.1). */
const MAX_OVERRIDES_CHARACTERS = 8192;

const startTaskInput = z.strictObject({
  cluster: clusterInput,
  taskDefinition: z.string(),
  containerInstances: z.array(z.string()).min(1, 'needs 1 to 10').max(10, 'takes 1 to 10'),
  startedBy: z
    .string()
    .regex(/^[A-Za-z0-9_/-]{0,36}$/, 'must be up to 36 letters, digits, - _ /')
    .optional(),
  group: z.string().max(255).optional(),
  overrides: taskOverride
    .refine(
      (overrides) => JSON.stringify(overrides).length <= MAX_OVERRIDES_CHARACTERS,
      `Container Overrides length must be at most ${MAX_OVERRIDES_CHARACTERS}`,
    )
    .default({ containerOverrides: [] }),
  tags: tagsInput,
  // Without effect here: there are no services, no managed tags, no exec, and references are AWS's own.
  enableECSManagedTags: z.boolean().optional(),
  enableExecuteCommand: z.literal(false, 'there is no ECS Exec in the local cloud').optional(),
  networkConfiguration: z.looseObject({}).optional(),
  propagateTags: z.enum(['TASK_DEFINITION', 'SERVICE', 'NONE']).optional(),
  referenceId: z.string().optional(),
});

type StartTaskInput = z.infer<typeof startTaskInput>;

/** Places the task on each container instance named; what does not fit is listed in `failures`, not thrown. */
export const startTaskOperations = {
  StartTask: operation(startTaskInput, (input, context) => {
    const cluster = findCluster(context, input.cluster);
    const definition = findTaskDefinition(context, input.taskDefinition);
    if (definition === undefined) throw clientError('TaskDefinition not found.');
    if (definition.status === 'INACTIVE') throw clientError('TaskDefinition is inactive');
    refuseOverrides(input.overrides, definition);
    if (definition.networkMode === 'awsvpc' && input.networkConfiguration === undefined) {
      throw invalid('Network Configuration must be provided when networkMode awsvpc is specified.');
    }
    const outcomes = input.containerInstances.map((each) => {
      return startOn(context, toContainerInstanceArn(cluster, each), { ...input, cluster }, definition);
    });
    return {
      tasks: outcomes.flatMap(({ task }) => (task === undefined ? [] : [view(task)])),
      failures: outcomes.flatMap(({ failure }) => failure ?? []),
    };
  }),
};

function view(task: Task) {
  return { ...viewTask(task, asDate), tags: viewTags(task.tags) };
}

function refuseOverrides(overrides: TaskOverride, definition: TaskDefinition): void {
  const names = definition.containerDefinitions.map((each) => each.name);
  const stranger = overrides.containerOverrides.find((each) => !names.includes(each.name));
  if (stranger !== undefined) {
    throw invalid(`Override for container named ${stranger.name} is not a container in the TaskDefinition.`);
  }
}

interface Outcome {
  readonly task?: Task;
  readonly failure?: { readonly arn: string; readonly reason: string; readonly detail?: string };
}

function startOn(context: EcsContext, arn: string, input: StartTaskInput, definition: TaskDefinition): Outcome {
  const { state, changes, agents, now } = context;
  const instance = state.instances.get(arn);
  if (instance?.cluster !== input.cluster) return { failure: missing(arn) };
  if (instance.status === 'INACTIVE') return { failure: { arn, reason: 'INACTIVE' } };
  if (!instance.agentConnected) return { failure: { arn, reason: 'AGENT' } };
  const usage = usageOf(state.liveTasks(arn));
  const refusal = refuse(instance.registered, usage, needOf(definition, input.overrides));
  if (refusal !== undefined) return { failure: { arn, ...refusal } };
  const task = newTask(instance, input, definition, freeGpus(instance.registered, usage), now());
  changes.addTask(task);
  agents.launch(task, definition);
  return { task };
}

function newTask(
  instance: ContainerInstance,
  { cluster, overrides, startedBy, group, tags }: StartTaskInput,
  definition: TaskDefinition,
  gpuIds: readonly string[],
  createdAt: number,
): Task {
  const id = randomUUID().replaceAll('-', '');
  const awsvpc = definition.networkMode === 'awsvpc';
  return {
    arn: toTaskArn(cluster, id),
    cluster,
    containerInstanceArn: instance.arn,
    definitionArn: definition.arn,
    family: definition.family,
    group: group ?? `family:${definition.family}`,
    startedBy,
    zone: instance.zone,
    awsvpc,
    overrides,
    need: needOf(definition, overrides),
    tags,
    lastStatus: awsvpc ? 'PROVISIONING' : 'PENDING',
    desiredStatus: 'RUNNING',
    version: 1,
    containers: newContainers(cluster, id, definition, overrides, gpuIds),
    createdAt,
  };
}

function newContainers(
  cluster: string,
  taskId: string,
  definition: TaskDefinition,
  overrides: TaskOverride,
  gpuIds: readonly string[],
): Container[] {
  let given = 0;
  return definition.containerDefinitions.map((each) => {
    const container = withOverride(each, overrides);
    const first = given;
    given += gpusOf(container);
    return {
      name: container.name,
      arn: toContainerArn(cluster, taskId, randomUUID()),
      image: container.image,
      essential: container.essential,
      lastStatus: 'PENDING',
      cpu: container.cpu,
      memory: container.memory,
      memoryReservation: container.memoryReservation,
      gpuIds: gpuIds.slice(first, given),
      networkBindings: [],
    };
  });
}
