import { toClusterArn } from './arns.ts';
import { taskHealth } from './container-health.ts';
import type { Container, ContainerInstance, Task } from './entities.ts';
import { CPU_ARCHITECTURE, type TimeView, type View } from './views.ts';

/** A task as ECS shows it, with what is known of its container instance's agent. */
export function viewTask(task: Task, instance: ContainerInstance | undefined, time: TimeView): View {
  const at = (instant: number | undefined) => (instant === undefined ? undefined : time(instant));
  return {
    attachments: [],
    attributes: [{ name: 'ecs.cpu-architecture', value: CPU_ARCHITECTURE }],
    availabilityZone: task.zone,
    clusterArn: toClusterArn(task.cluster),
    connectivity: instance?.agentConnected === false ? 'DISCONNECTED' : 'CONNECTED',
    connectivityAt: time(Math.max(task.createdAt, instance?.connectivityAt ?? 0)),
    containerInstanceArn: task.containerInstanceArn,
    containers: task.containers.map((each) => viewContainer(task, each)),
    cpu: String(task.need.cpu),
    createdAt: time(task.createdAt),
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: false,
    executionStoppedAt: at(task.executionStoppedAt),
    group: task.group,
    healthStatus: taskHealth(task.containers),
    lastStatus: task.lastStatus,
    launchType: 'EC2',
    memory: String(task.need.memory),
    overrides: viewOverrides(task),
    pullStartedAt: at(task.pullStartedAt),
    pullStoppedAt: at(task.pullStoppedAt),
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

/** ECS names every container of the task there, overridden or not. */
function viewOverrides({ overrides, containers }: Task): View {
  const given = overrides.containerOverrides;
  const others = containers.filter((each) => !given.some((override) => override.name === each.name));
  const containerOverrides = [...given, ...others.map(({ name }) => ({ name }))];
  return { ...overrides, containerOverrides, inferenceAcceleratorOverrides: [] };
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
    healthStatus: container.healthStatus ?? 'UNKNOWN',
    cpu: String(container.cpu),
    memory: container.memory?.toString(),
    memoryReservation: container.memoryReservation?.toString(),
    gpuIds: container.gpuIds.length === 0 ? undefined : container.gpuIds,
  };
}
