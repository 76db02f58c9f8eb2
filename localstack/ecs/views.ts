import { toClusterArn } from './arns.ts';
import type { Cluster, Container, ContainerInstance, Task, TaskDefinition } from './entities.ts';
import { usageOf } from './resources.ts';

/** Entities as ECS shows them. Answers carry times as dates, events as ISO text: hence `time`. */
export type TimeView = (instant: number) => Date | string;

export const asDate: TimeView = (instant) => new Date(instant);
export const asIsoText: TimeView = (instant) => new Date(instant).toISOString();

type View = Readonly<Record<string, unknown>>;

export interface TagView {
  readonly key: string;
  readonly value: string;
}

export function viewTags(tags: Readonly<Record<string, string>>): readonly TagView[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

export function viewTask(task: Task, time: TimeView): View {
  const at = (instant: number | undefined) => (instant === undefined ? undefined : time(instant));
  return {
    attachments: [],
    attributes: [{ name: 'ecs.cpu-architecture', value: CPU_ARCHITECTURE }],
    availabilityZone: task.zone,
    clusterArn: toClusterArn(task.cluster),
    connectivity: 'CONNECTED',
    connectivityAt: time(task.createdAt),
    containerInstanceArn: task.containerInstanceArn,
    containers: task.containers.map((each) => viewContainer(task, each)),
    cpu: String(task.need.cpu),
    createdAt: time(task.createdAt),
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: false,
    executionStoppedAt: at(task.executionStoppedAt),
    group: task.group,
    healthStatus: 'UNKNOWN',
    lastStatus: task.lastStatus,
    launchType: 'EC2',
    memory: String(task.need.memory),
    overrides: { ...task.overrides, inferenceAcceleratorOverrides: [] },
    startedAt: at(task.startedAt),
    startedBy: task.startedBy,
    stopCode: task.stopCode,
    stoppedAt: at(task.stoppedAt),
    stoppedReason: task.stoppedReason,
    stoppingAt: at(task.stoppingAt),
    taskArn: task.arn,
    taskDefinitionArn: task.definitionArn,
    version: task.version,
  };
}

function viewContainer(task: Task, container: Container): View {
  return {
    containerArn: container.arn,
    taskArn: task.arn,
    name: container.name,
    image: container.image,
    runtimeId: container.runtimeId,
    lastStatus: container.lastStatus,
    exitCode: container.exitCode,
    reason: container.reason,
    networkBindings: container.networkBindings,
    networkInterfaces: [],
    healthStatus: 'UNKNOWN',
    cpu: String(container.cpu),
    memory: container.memory?.toString(),
    memoryReservation: container.memoryReservation?.toString(),
    gpuIds: container.gpuIds.length === 0 ? undefined : container.gpuIds,
  };
}

export function viewContainerInstance(instance: ContainerInstance, live: readonly Task[], time: TimeView): View {
  const { cpu, memory, gpuIds } = instance.registered;
  const idle = usageOf([]);
  const used = usageOf(live);
  const running = live.filter((task) => task.lastStatus === 'RUNNING').length;
  return {
    agentConnected: instance.agentConnected,
    attachments: [],
    attributes: Object.entries(instance.attributes).map(([name, value]) => ({ name, value: value ?? undefined })),
    containerInstanceArn: instance.arn,
    ec2InstanceId: instance.ec2InstanceId,
    pendingTasksCount: live.length - running,
    registeredAt: time(instance.registeredAt),
    registeredResources: viewResources(cpu, memory, gpuIds, idle.portsTcp, idle.portsUdp),
    remainingResources: viewResources(
      cpu - used.cpu,
      memory - used.memory,
      gpuIds.filter((id) => !used.gpuIds.includes(id)),
      used.portsTcp,
      used.portsUdp,
    ),
    runningTasksCount: running,
    status: instance.status,
    version: instance.version,
    versionInfo: { agentVersion: '1.0.0', dockerVersion: 'none' },
  };
}

/** PORTS lists the ports in use, in registered and remaining resources alike (aws.md §1.4). */
function viewResources(
  cpu: number,
  memory: number,
  gpus: readonly string[],
  tcp: readonly number[],
  udp: readonly number[],
): View[] {
  const numeric = { type: 'INTEGER', doubleValue: 0, longValue: 0 };
  const resources: View[] = [
    { name: 'CPU', ...numeric, integerValue: cpu },
    { name: 'MEMORY', ...numeric, integerValue: memory },
    {
      name: 'PORTS',
      type: 'STRINGSET',
      doubleValue: 0,
      longValue: 0,
      integerValue: 0,
      stringSetValue: tcp.map(String),
    },
    {
      name: 'PORTS_UDP',
      type: 'STRINGSET',
      doubleValue: 0,
      longValue: 0,
      integerValue: 0,
      stringSetValue: udp.map(String),
    },
  ];
  const gpu = { name: 'GPU', type: 'STRINGSET', doubleValue: 0, longValue: 0, integerValue: 0, stringSetValue: gpus };
  return gpus.length === 0 ? resources : [...resources, gpu];
}

export function viewTaskDefinition(definition: TaskDefinition): View {
  const { deregisteredAt } = definition;
  return {
    ...definition.others,
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
  };
}

export function viewCluster(cluster: Cluster, instances: readonly ContainerInstance[], live: readonly Task[]): View {
  const running = live.filter((task) => task.lastStatus === 'RUNNING').length;
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: 'ACTIVE',
    registeredContainerInstancesCount: instances.filter((each) => each.status !== 'INACTIVE').length,
    runningTasksCount: running,
    pendingTasksCount: live.length - running,
    activeServicesCount: 0,
    statistics: [],
    settings: [],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
  };
}

/** ECS's word for the processor of this machine. */
export const CPU_ARCHITECTURE = process.arch === 'arm64' ? 'arm64' : 'x86_64';
