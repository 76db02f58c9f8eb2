import type { SchedulerConfig } from '../model/config.ts';
import { contentHash } from '../model/content-hash.ts';
import type { AppSpec } from '../model/run-spec.ts';
import type { TaskDefinition } from '../model/task.ts';
import { CONTAINER_NAME } from './container-name.ts';
import { launchCommand } from './launch-command.ts';
import { requireHostNetwork } from './network-limit.ts';

/** The least that Docker accepts, MiB; every launch overrides it. */
const REGISTERED_MEMORY = 6;

/** Tells a runtime without containers that any image would do: the command alone says what runs. */
const DEFAULT_IMAGE_LABELS: Readonly<Record<string, string>> = { 'stride.default-image': 'true' };

/**
 * The task definition of a run spec: only what a launch cannot override, under a family named by its content, so that
 * specs and versions that differ in command, environment or size share one (design §5). Throws for a network that
 * `launchLimits` refuses.
 */
export function renderTaskDefinition(spec: AppSpec, config: SchedulerConfig): TaskDefinition {
  requireHostNetwork(spec);
  const content = { networkMode: 'host' as const, container: containerOf(spec, config) };
  return { family: `stride-${contentHash(content).slice(0, 32)}`, ...content };
}

function containerOf(spec: AppSpec, config: SchedulerConfig): TaskDefinition['container'] {
  const { container, user, taskKillGracePeriodSeconds } = spec;
  const { entryPoint } = launchCommand(spec);
  return {
    name: CONTAINER_NAME,
    image: container?.docker?.image ?? config.defaultImage,
    memory: REGISTERED_MEMORY,
    privileged: container?.docker?.privileged ?? false,
    mountPoints: (container?.volumes ?? []).map(({ hostPath, containerPath, mode }) => ({
      hostPath,
      containerPath,
      readOnly: mode === 'RO',
    })),
    dockerLabels: container?.docker === undefined ? DEFAULT_IMAGE_LABELS : {},
    ...(entryPoint !== undefined && { entryPoint }),
    ...(user !== undefined && { user }),
    ...(taskKillGracePeriodSeconds !== undefined && { stopTimeoutSeconds: taskKillGracePeriodSeconds }),
  };
}
