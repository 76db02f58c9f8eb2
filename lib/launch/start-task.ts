import type { SchedulerConfig } from '../model/config.ts';
import type { LaunchId } from '../model/ids.ts';
import type { InstanceAgent } from '../model/instance.ts';
import type { StartTaskRequest } from '../model/task.ts';
import { CONTAINER_NAME } from './container-name.ts';
import { launchCommand } from './launch-command.ts';
import { type TaskContext, taskEnvironment } from './task-environment.ts';

const CPU_UNITS = 1024;
/** Docker refuses less, MiB. */
const LEAST_MEMORY = 6;

/** One launch: where, under which id, and everything that the environment is made of. */
export interface LaunchContext extends Omit<TaskContext, 'host' | 'config'> {
  readonly launch: LaunchId;
  readonly agent: Pick<InstanceAgent, 'arn' | 'host'>;
  readonly taskDefinitionArn: string;
  readonly config: Pick<SchedulerConfig, 'envVarsPrefix' | 'scheduler'>;
}

/** The request that starts one task on one agent. `overridesExcess` says whether ECS will take it. */
export function renderStartTask(context: LaunchContext): StartTaskRequest {
  return {
    taskDefinitionArn: context.taskDefinitionArn,
    containerInstance: context.agent.arn,
    launch: context.launch,
    group: `stride:${context.config.scheduler}`,
    container: renderContainer({ ...context, host: context.agent.host }),
  };
}

/** The hard limit and what is set aside for it: more than the request is a limit of its own (app-model.md §13). */
function memoryOf({ resources, resourceLimits }: TaskContext['spec']) {
  const requested = Math.max(LEAST_MEMORY, Math.floor(resources.mem));
  const limit = resourceLimits?.mem;
  if (limit === undefined) return { memory: requested };
  if (limit === 'unlimited') return { memoryReservation: requested };
  return { memory: Math.max(requested, Math.floor(limit)), memoryReservation: requested };
}

/**
 * What a launch overrides in the container. ECS counts whole units, so fractions are cut: together the tasks of an
 * agent then never ask for more than the placement gave them. A limit on cpus needs nothing: ECS's cpu is a share.
 */
export function renderContainer(context: TaskContext): StartTaskRequest['container'] {
  const { cpus, gpus } = context.spec.resources;
  return {
    name: CONTAINER_NAME,
    command: launchCommand(context.spec).command,
    environment: taskEnvironment(context),
    cpu: Math.floor(cpus * CPU_UNITS),
    ...memoryOf(context.spec),
    ...(gpus > 0 && { gpus }),
  };
}
