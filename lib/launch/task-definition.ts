import { containerHealthCheck } from '../health/container-check.ts';
import type { SchedulerConfig } from '../model/config.ts';
import { contentHash } from '../model/content-hash.ts';
import { LOG_STREAM_PREFIX } from '../model/log-stream.ts';
import type { AppSpec, Container } from '../model/run-spec.ts';
import { bridgePortsOf, isBridged } from '../model/spec-ports.ts';
import type { ContainerFields, MountPoint, PortBinding, TaskDefinition } from '../model/task.ts';
import { CONTAINER_NAME } from './container-name.ts';
import { dockerSettings } from './docker-parameters.ts';
import { launchCommand } from './launch-command.ts';
import { launchObstacles } from './launch-obstacles.ts';
import { mergeSettings, type TaskSettings } from './task-settings.ts';

/** The least that Docker accepts, MiB; every launch overrides it. */
const REGISTERED_MEMORY = 6;

/** Tells a runtime without containers that any image would do: the command alone says what runs. */
const DEFAULT_IMAGE_LABELS: Readonly<Record<string, string>> = { 'stride.default-image': 'true' };

/** `linuxInfo.ipcInfo`: the parent of an app's container is the agent. */
function ipcSettings(linuxInfo: Container['linuxInfo']): TaskSettings {
  const { mode, shmSize } = linuxInfo?.ipcInfo ?? {};
  if (mode === 'SHARE_PARENT') return { ipcMode: 'host' };
  return shmSize === undefined ? {} : { container: { linuxParameters: { sharedMemorySize: shmSize } } };
}

/** What the app asks for beyond image, command and size. An app's own fields go before options of `docker run`. */
function settingsOf({ container, user, tty }: AppSpec): TaskSettings {
  const { docker, linuxInfo } = container ?? {};
  const own: readonly TaskSettings[] = [
    docker?.privileged === true ? { privileged: true } : {},
    user === undefined ? {} : { user },
    tty === true ? { container: { pseudoTerminal: true } } : {},
    ipcSettings(linuxInfo),
  ];
  return own.reduce<TaskSettings>(mergeSettings, dockerSettings(docker?.parameters ?? []));
}

const hostMounts = (container: Container | undefined): readonly MountPoint[] =>
  (container?.volumes ?? []).flatMap((volume) =>
    volume.kind === 'host'
      ? [{ hostPath: volume.hostPath, containerPath: volume.containerPath, readOnly: volume.mode === 'RO' }]
      : [],
  );

/** Output goes to the stack's log group. A log that cannot be reached must not stop apps: nothing waits for it (ADR 9). */
const logTo = (group: string, region: string): NonNullable<ContainerFields['logConfiguration']> => ({
  logDriver: 'awslogs',
  options: {
    'awslogs-group': group,
    'awslogs-region': region,
    'awslogs-stream-prefix': LOG_STREAM_PREFIX,
    mode: 'non-blocking',
  },
});

/** Host port 0 lets the agent pick one; the event of the running task tells which (aws.md §1.5). */
function bridgeMappings(spec: AppSpec): readonly PortBinding[] {
  const mappings = isBridged(spec) ? (spec.container?.portMappings ?? []) : [];
  const inside = bridgePortsOf(mappings);
  return mappings.map(({ containerPort, hostPort = 0, protocol }, index) => ({
    containerPort: inside[index] ?? containerPort,
    hostPort,
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
  }));
}

/**
 * The task definition of a run spec: only what a launch cannot override, under a family named by its content, so that
 * specs and versions that differ in command, environment or size share one (design §5). Throws for a spec that has
 * `launchObstacles`.
 */
export function renderTaskDefinition(spec: AppSpec, config: SchedulerConfig): TaskDefinition {
  const [obstacle] = launchObstacles(spec);
  if (obstacle !== undefined) throw new Error(`${spec.id}${obstacle.field}: ${obstacle.text}`);
  const settings = settingsOf(spec);
  const { pidMode, ipcMode } = settings;
  const content = {
    networkMode: isBridged(spec) ? ('bridge' as const) : ('host' as const),
    ...(pidMode !== undefined && { pidMode }),
    ...(ipcMode !== undefined && { ipcMode }),
    container: containerOf(spec, settings, config),
  };
  return { family: `stride-${contentHash(content).slice(0, 32)}`, ...content };
}

function containerOf(spec: AppSpec, settings: TaskSettings, config: SchedulerConfig): TaskDefinition['container'] {
  const { container, resourceLimits, taskKillGracePeriodSeconds } = spec;
  const { user, privileged = false, mountPoints = [], dockerLabels = {}, container: fields } = settings;
  const { entryPoint } = launchCommand(spec);
  const portMappings = bridgeMappings(spec);
  const healthCheck = containerHealthCheck(spec);
  return {
    name: CONTAINER_NAME,
    image: container?.docker?.image ?? config.defaultImage,
    memory: REGISTERED_MEMORY,
    privileged,
    mountPoints: [...hostMounts(container), ...mountPoints],
    dockerLabels: container?.docker === undefined ? DEFAULT_IMAGE_LABELS : dockerLabels,
    ...(resourceLimits?.mem === 'unlimited' && { memoryIs: 'soft' as const }),
    ...(entryPoint !== undefined && { entryPoint }),
    ...(user !== undefined && { user }),
    ...(taskKillGracePeriodSeconds !== undefined && { stopTimeoutSeconds: taskKillGracePeriodSeconds }),
    ...(portMappings.length > 0 && { portMappings }),
    ...(healthCheck !== undefined && { healthCheck }),
    fields: { logConfiguration: logTo(config.taskLogs.group, config.region), ...fields },
  };
}
