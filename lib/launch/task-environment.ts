import type { SchedulerConfig } from '../model/config.ts';
import { toAppTaskId } from '../model/ids.ts';
import type { Instance } from '../model/instance.ts';
import type { AppSpec } from '../model/run-spec.ts';
import { javaDouble } from './java-double.ts';
import { labelEnvironment } from './label-environment.ts';
import { portEnvironment } from './port-environment.ts';

export interface TaskContext {
  readonly spec: AppSpec;
  /** `incarnation` already counts this launch: it is part of the task id. */
  readonly instance: Pick<Instance, 'id' | 'incarnation'>;
  /** Host name of the agent. */
  readonly host: string;
  /** In the order of the spec's ports that take a host port. */
  readonly hostPorts: readonly number[];
  /** `enforceRole` of the spec's top-level group; false for specs in the root. */
  readonly enforceGroupRole: boolean;
  readonly config: Pick<SchedulerConfig, 'envVarsPrefix'>;
}

/**
 * The whole environment of an app's task (task-environment.md §1, §2). Later wins: what the task is, where it runs
 * (prefixed), what the user sets. Values that refer to secrets are left out.
 */
export function taskEnvironment(context: TaskContext): Readonly<Record<string, string>> {
  const { spec, instance, host, hostPorts, config } = context;
  const taskId = toAppTaskId(instance.id, instance.incarnation);
  const place = { HOST: host, ...portEnvironment(spec, hostPorts, taskId) };
  const prefixed = Object.entries(place).map(([name, value]) => [config.envVarsPrefix + name, value]);
  const own = Object.entries(spec.env).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []));
  return {
    MESOS_TASK_ID: taskId,
    ...specEnvironment(spec),
    MARATHON_APP_ENFORCE_GROUP_ROLE: context.enforceGroupRole ? 'TRUE' : 'FALSE',
    ...labelEnvironment(spec.labels),
    ...Object.fromEntries(prefixed),
    ...Object.fromEntries(own),
  };
}

function specEnvironment({ id, version, container, resources }: AppSpec): Readonly<Record<string, string>> {
  return {
    MARATHON_APP_ID: id,
    MARATHON_APP_VERSION: version,
    ...(container?.type === 'DOCKER' &&
      container.docker !== undefined && { MARATHON_APP_DOCKER_IMAGE: container.docker.image }),
    MARATHON_APP_RESOURCE_CPUS: javaDouble(resources.cpus),
    MARATHON_APP_RESOURCE_MEM: javaDouble(resources.mem),
    MARATHON_APP_RESOURCE_DISK: javaDouble(resources.disk),
    MARATHON_APP_RESOURCE_GPUS: String(Math.trunc(resources.gpus)),
  };
}
