import { type PathId, ROOT_ID, resolvePathId } from '../model/path-id.ts';
import { type AppDefinition, type Container, isResident } from '../model/run-spec.ts';
import { readConstraints } from './constraints.ts';
import { distinct } from './distinct.ts';
import { given } from './given.ts';
import type { CanonicalContainer, CanonicalFields } from './migrate.ts';
import { normalizeCheck, normalizeHealthCheck } from './normalize-checks.ts';
import { type Networking, normalizeNetworking } from './normalize-ports.ts';
import {
  normalizeLimits,
  normalizeLinuxInfo,
  normalizeUnreachableStrategy,
  normalizeUpgradeStrategy,
} from './normalize-values.ts';
import { normalizeVolumes } from './normalize-volumes.ts';

/** Undefined when there is nothing in it: kept as absent, so that definitions stay equal to those without. */
const filled = <T extends object>(value: T | undefined): T | undefined =>
  value !== undefined && Object.keys(value).length > 0 ? value : undefined;

function toContainer(container: CanonicalContainer | undefined, networking: Networking): Container | undefined {
  const { portMappings } = networking;
  if (container === undefined) {
    return portMappings === undefined ? undefined : { type: 'MESOS', volumes: [], portMappings };
  }
  const { type, docker: image } = container;
  // Marathon knows `privileged` for its Docker containerizer only, `linuxInfo` for the Mesos one.
  const docker =
    image === undefined ? undefined : given({ ...image, privileged: type === 'DOCKER' && image.privileged });
  const linuxInfo =
    type === 'DOCKER' || container.linuxInfo === undefined ? undefined : normalizeLinuxInfo(container.linuxInfo);
  return given({ type, docker, linuxInfo, volumes: normalizeVolumes(container.volumes), portMappings });
}

/** Marathon's own when none is given. */
const DEFAULT_RESIDENCY = { relaunchEscalationTimeoutSeconds: 3600, taskLostBehavior: 'WAIT_FOREVER' } as const;

/** The fields that stay absent when they are not given. */
function optionalFields(fields: CanonicalFields, container: Container | undefined) {
  const { cmd, user, taskKillGracePeriodSeconds, tty, executorResources, resourceLimits, check } = fields;
  return given({
    cmd,
    user,
    taskKillGracePeriodSeconds,
    tty,
    container,
    executorResources,
    resourceLimits: resourceLimits === undefined ? undefined : normalizeLimits(resourceLimits),
    check: check === undefined ? undefined : normalizeCheck(check),
    secrets: filled(fields.secrets),
    residency: isResident(given({ container })) ? (fields.residency ?? DEFAULT_RESIDENCY) : undefined,
  });
}

/** Fills every default in (app-model.md §2, §5, §8, §11). `id` is absolute; dependencies resolve against `base`. */
export function normalizeApp(id: PathId, fields: CanonicalFields, base: PathId = ROOT_ID): AppDefinition {
  const networking = normalizeNetworking(fields);
  const container = toContainer(fields.container, networking);
  const resident = isResident(given({ container }));
  const hasOwnDisk = container?.volumes.some(({ kind }) => kind === 'persistent' || kind === 'external') ?? false;
  const portCount = (container?.portMappings ?? networking.portDefinitions).length;
  const { cpus = 1, mem = 128, disk = 0, gpus = 0 } = fields;
  return {
    kind: 'app',
    id,
    ...optionalFields(fields, container),
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
    healthChecks: distinct((fields.healthChecks ?? []).map((check) => normalizeHealthCheck(check, portCount))),
    readinessChecks: fields.readinessChecks ?? [],
    dependencies: distinct((fields.dependencies ?? []).map((text) => resolvePathId(text, base))),
    labels: fields.labels ?? {},
    backoff: {
      backoffSeconds: fields.backoffSeconds ?? 1,
      backoffFactor: fields.backoffFactor ?? 1.15,
      maxLaunchDelaySeconds: fields.maxLaunchDelaySeconds ?? 300,
    },
    upgradeStrategy: normalizeUpgradeStrategy(fields.upgradeStrategy, hasOwnDisk),
    unreachableStrategy: normalizeUnreachableStrategy(fields.unreachableStrategy, resident),
    killSelection: fields.killSelection ?? 'YOUNGEST_FIRST',
  };
}
