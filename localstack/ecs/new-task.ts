import { randomUUID } from 'node:crypto';
import { toContainerArn, toTaskArn } from './arns.ts';
import type { Container, ContainerInstance, Task, TaskDefinition, TaskOverride } from './entities.ts';
import { gpusOf, needOf, withOverride } from './resources.ts';

/** What a launch says of its tasks. */
export interface Launch {
  readonly cluster: string;
  readonly definition: TaskDefinition;
  readonly overrides: TaskOverride;
  readonly startedBy: string | undefined;
  readonly group: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A task just accepted for a container instance; `gpuIds` are free there. */
export function newTask(
  instance: ContainerInstance,
  { cluster, definition, overrides, startedBy, group, tags }: Launch,
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
    group,
    startedBy,
    zone: instance.zone,
    awsvpc,
    overrides,
    need: needOf(definition, overrides),
    tags: { ...tags },
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
