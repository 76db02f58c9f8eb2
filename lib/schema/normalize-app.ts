import { type PathId, ROOT_ID, resolvePathId } from '../model/path-id.ts';
import type { AppDefinition, Container, HealthCheck, HostVolume, UnreachableStrategy } from '../model/run-spec.ts';
import { readConstraints } from './constraints.ts';
import { given } from './given.ts';
import type { CanonicalContainer, CanonicalFields } from './migrate.ts';
import { type Networking, normalizeNetworking } from './normalize-ports.ts';
import type { HealthCheckInput } from './wire/checks.ts';
import type { VolumeInput } from './wire/container.ts';

const HTTP_PROTOCOLS: readonly HealthCheck['protocol'][] = ['HTTP', 'HTTPS', 'MESOS_HTTP', 'MESOS_HTTPS'];

/** The first of several equal values: Marathon reads these lists as sets. Field order plays no part in schema output. */
function distinct<T>(values: readonly T[]): readonly T[] {
  const seen = new Map(values.map((value) => [JSON.stringify(value), value]));
  return [...seen.values()];
}

/** Other kinds are refused before they get here (`unsupported.ts`). */
function toHostVolumes(volumes: readonly VolumeInput[]): readonly HostVolume[] {
  return volumes.flatMap((volume) => ('hostPath' in volume ? [{ kind: 'host' as const, ...volume }] : []));
}

function toContainer(container: CanonicalContainer | undefined, networking: Networking): Container | undefined {
  const { portMappings } = networking;
  if (container === undefined) {
    return portMappings === undefined ? undefined : { type: 'MESOS', volumes: [], portMappings };
  }
  const { type, docker: image } = container;
  // Marathon knows `privileged` for its Docker containerizer only.
  const docker =
    image === undefined ? undefined : given({ ...image, privileged: type === 'DOCKER' && image.privileged });
  return given({ type, docker, volumes: toHostVolumes(container.volumes), portMappings });
}

/**
 * A check that goes to a port goes to the first one unless it says otherwise. Marathon fills the index in for some
 * ways of declaring ports only, and so turns a later scaling into a restart; here every definition gets it.
 */
function toHealthCheck(check: HealthCheckInput, portCount: number): HealthCheck {
  const { command, path, port, portIndex, ignoreHttp1xx, ...rest } = check;
  const needsIndex = check.protocol !== 'COMMAND' && port === undefined && portIndex === undefined && portCount > 0;
  return given({
    ...rest,
    command: command?.value,
    path: HTTP_PROTOCOLS.includes(check.protocol) ? path : undefined,
    port,
    portIndex: needsIndex ? 0 : portIndex,
    ignoreHttp1xx: check.protocol === 'HTTP' || check.protocol === 'HTTPS' ? (ignoreHttp1xx ?? false) : undefined,
  });
}

function toUnreachableStrategy(strategy: CanonicalFields['unreachableStrategy']): UnreachableStrategy {
  if (strategy === undefined) return { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 };
  return typeof strategy === 'string' ? 'disabled' : strategy;
}

/** Fills every default in (app-model.md §2, §5, §8, §11). `id` is absolute; dependencies resolve against `base`. */
export function normalizeApp(id: PathId, fields: CanonicalFields, base: PathId = ROOT_ID): AppDefinition {
  const networking = normalizeNetworking(fields);
  const container = toContainer(fields.container, networking);
  const portCount = (container?.portMappings ?? networking.portDefinitions).length;
  const { cpus = 1, mem = 128, disk = 0, gpus = 0 } = fields;
  const { cmd, user, taskKillGracePeriodSeconds, tty } = fields;
  return {
    kind: 'app',
    id,
    ...given({ cmd, user, taskKillGracePeriodSeconds, tty, container }),
    args: fields.args ?? [],
    env: fields.env ?? {},
    instances: fields.instances ?? 1,
    resources: { cpus, mem, disk, gpus },
    executor: fields.executor ?? '',
    constraints: distinct(readConstraints(fields.constraints ?? []).constraints),
    acceptedResourceRoles: distinct(fields.acceptedResourceRoles ?? []),
    role: fields.role ?? '*',
    fetch: (fields.fetch ?? []).map((artifact) => given(artifact)),
    portDefinitions: networking.portDefinitions,
    requirePorts: networking.requirePorts,
    networks: networking.networks,
    healthChecks: distinct((fields.healthChecks ?? []).map((check) => toHealthCheck(check, portCount))),
    readinessChecks: fields.readinessChecks ?? [],
    dependencies: distinct((fields.dependencies ?? []).map((text) => resolvePathId(text, base))),
    labels: fields.labels ?? {},
    backoff: {
      backoffSeconds: fields.backoffSeconds ?? 1,
      backoffFactor: fields.backoffFactor ?? 1.15,
      maxLaunchDelaySeconds: fields.maxLaunchDelaySeconds ?? 300,
    },
    upgradeStrategy: fields.upgradeStrategy ?? { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
    unreachableStrategy: toUnreachableStrategy(fields.unreachableStrategy),
    killSelection: fields.killSelection ?? 'YOUNGEST_FIRST',
  };
}
