import type { AppVolume } from '../model/app-volume.ts';
import type { AppDefinition, RunSpecDefinition } from '../model/run-spec.ts';

/** What has to be built before a launch can carry the field. */
export type Capability = 'artifacts' | 'checks' | 'networks' | 'pods' | 'secrets' | 'volumes';

/** One reason why instances of a valid definition wait: this version cannot launch them as asked. */
export interface Obstacle {
  /** Path of the field, as in Marathon's error details. */
  readonly field: string;
  readonly capability: Capability;
  /** What is not served, and what to do about it. */
  readonly text: string;
}

const obstacle = (field: string, capability: Capability, what: string, cure: string): Obstacle => ({
  field,
  capability,
  text: `${what} not served by this version, so the instance waits: ${cure}`,
});

const DISK_CURE = 'use a host volume, or storage outside the task';
const CHECK_CURE = 'ECS runs one command in a container; leave one of them out, or let it ask over HTTP or TCP';
const SECRET_CURE = 'let the task read it itself, for example from AWS Secrets Manager';

function volumeObstacle({ kind }: AppVolume, index: number): readonly Obstacle[] {
  const field = `/container/volumes(${index})`;
  switch (kind) {
    case 'host':
      return [];
    case 'persistent':
      return [obstacle(`${field}/persistent`, 'volumes', 'persistent volumes are', DISK_CURE)];
    case 'external':
      return [obstacle(`${field}/external`, 'volumes', 'external volumes are', DISK_CURE)];
    case 'secret':
      return [obstacle(`${field}/secret`, 'secrets', 'secret volumes are', SECRET_CURE)];
  }
}

function appObstacles({ networks, container, env, fetch, healthChecks, check }: AppDefinition): readonly Obstacle[] {
  const secretNames = Object.entries(env).flatMap(([name, value]) => (typeof value === 'string' ? [] : [name]));
  const isNamed = networks.some(({ mode }) => mode === 'container');
  const hasCommand = healthChecks.some(({ protocol }) => protocol === 'COMMAND');
  const cure = 'use container/bridge, or host and let the task listen on $PORT0, $PORT1, …';
  return [
    ...(isNamed ? [obstacle('/networks', 'networks', 'network mode container is', cure)] : []),
    ...(container?.volumes ?? []).flatMap(volumeObstacle),
    ...secretNames.map((name) => obstacle(`/env/${name}`, 'secrets', 'references to secrets are', SECRET_CURE)),
    ...(container?.docker?.pullConfig === undefined
      ? []
      : [
          obstacle(
            '/container/docker/pullConfig',
            'secrets',
            'credentials of single images are',
            "leave it out and give the container instances' ECS agent the registry's credentials",
          ),
        ]),
    ...(check?.probe.kind === 'exec' && hasCommand
      ? [obstacle('/check/exec', 'checks', 'a command beside a COMMAND health check is', CHECK_CURE)]
      : []),
    ...(fetch.length === 0
      ? []
      : [obstacle('/fetch', 'artifacts', 'artifacts are', 'put them into the image, or download them in cmd')]),
  ];
}

/**
 * Why instances of this definition cannot be launched yet; empty when they can. They stay Scheduled with these
 * reasons, and their deployment waits: launching them without what they ask for would be wrong.
 */
export function launchObstacles(spec: RunSpecDefinition): readonly Obstacle[] {
  return spec.kind === 'pod' ? [obstacle('/', 'pods', 'pods are', 'use apps')] : appObstacles(spec);
}
