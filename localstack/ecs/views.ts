import { requiredAttributes } from './capabilities.ts';
import type { Cluster, ContainerInstance, Task, TaskDefinition } from './entities.ts';

/** Entities as ECS shows them. Answers carry times as dates, events as ISO text: hence `time`. */
export type TimeView = (instant: number) => Date | string;

export const asDate: TimeView = (instant) => new Date(instant);
export const asIsoText: TimeView = (instant) => new Date(instant).toISOString();

export type View = Readonly<Record<string, unknown>>;

export interface TagView {
  readonly key: string;
  readonly value: string;
}

export function viewTags(tags: Readonly<Record<string, string>>): readonly TagView[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

export function viewTaskDefinition(definition: TaskDefinition): View {
  const { deregisteredAt, deleteRequestedAt } = definition;
  return {
    ...definition.others,
    requiresAttributes: requiredAttributes(definition).map((name) => ({ name })),
    taskDefinitionArn: definition.arn,
    family: definition.family,
    revision: definition.revision,
    status: definition.status,
    containerDefinitions: definition.containerDefinitions,
    volumes: definition.volumes,
    networkMode: definition.networkMode,
    cpu: definition.cpu?.toString(),
    memory: definition.memory?.toString(),
    compatibilities: ['EXTERNAL', 'EC2'],
    registeredAt: asDate(definition.registeredAt),
    registeredBy: definition.registeredBy,
    deregisteredAt: deregisteredAt === undefined ? undefined : asDate(deregisteredAt),
    deleteRequestedAt: deleteRequestedAt === undefined ? undefined : asDate(deleteRequestedAt),
  };
}

/** What DescribeClusters adds on demand. */
export type ClusterPart = 'ATTACHMENTS' | 'CONFIGURATIONS' | 'SETTINGS' | 'STATISTICS' | 'TAGS';

export function viewCluster(
  cluster: Cluster,
  instances: readonly ContainerInstance[],
  live: readonly Task[],
  include: readonly ClusterPart[],
): View {
  const running = live.filter((task) => task.lastStatus === 'RUNNING').length;
  const pending = live.length - running;
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: 'ACTIVE',
    registeredContainerInstancesCount: instances.filter((each) => each.status !== 'INACTIVE').length,
    runningTasksCount: running,
    pendingTasksCount: pending,
    activeServicesCount: 0,
    statistics: include.includes('STATISTICS') ? statisticsOf(running, pending) : [],
    settings: include.includes('SETTINGS') ? [{ name: 'containerInsights', value: 'disabled' }] : [],
    tags: include.includes('TAGS') ? viewTags(cluster.tags) : [],
    attachments: include.includes('ATTACHMENTS') ? [] : undefined,
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
  };
}

/** ECS's figures by launch type; there is nothing here but tasks on container instances. */
function statisticsOf(running: number, pending: number): readonly { readonly name: string; readonly value: string }[] {
  const figures = {
    runningEC2TasksCount: running,
    runningFargateTasksCount: 0,
    runningExternalTasksCount: 0,
    pendingEC2TasksCount: pending,
    pendingFargateTasksCount: 0,
    pendingExternalTasksCount: 0,
    activeEC2ServiceCount: 0,
    activeFargateServiceCount: 0,
    activeExternalServiceCount: 0,
    drainingEC2ServiceCount: 0,
    drainingFargateServiceCount: 0,
    drainingExternalServiceCount: 0,
  };
  return Object.entries(figures).map(([name, value]) => ({ name, value: String(value) }));
}

/** ECS's word for the processor of this machine. */
export const CPU_ARCHITECTURE = process.arch === 'arm64' ? 'arm64' : 'x86_64';
