import type { AppVolume, ExternalVolume } from '../model/app-volume.ts';
import type { Constraint } from '../model/constraint.ts';
import type {
  AppCheck,
  AppDefinition,
  AppSpec,
  Container,
  HealthCheck,
  Network,
  PortDefinition,
  PortMapping,
} from '../model/run-spec.ts';
import { given } from './given.ts';

// The way back from the model to Marathon's JSON: key order and presence as responses.md §2 gives them.

/** Undefined when there is nothing to show, for keys that are left out when empty. */
const filled = <T extends object>(value: T): T | undefined => (Object.keys(value).length > 0 ? value : undefined);

const renderConstraint = ({ field, operator, value }: Constraint): readonly string[] =>
  value === undefined ? [field, operator] : [field, operator, value];

const renderNetwork = ({ name, mode, labels }: Network) => given({ name, mode, labels: filled(labels) });

const renderPortDefinition = ({ port, labels, name, protocol }: PortDefinition) =>
  given({ port, labels: filled(labels), name, protocol });

const renderPortMapping = (mapping: PortMapping) => {
  const { containerPort, hostPort, labels, name, protocol, servicePort, networkNames } = mapping;
  return given({ containerPort, hostPort, labels, name, protocol, servicePort, networkNames: filled(networkNames) });
};

function renderExternal({ external }: ExternalVolume) {
  if (external.provider === 'dvdi') {
    const { size, name, provider, options, shared } = external;
    return given({ size, name, provider, options: filled(options), shared });
  }
  const { name, provider, options } = external;
  const { pluginName, capability, nodeStageSecret, nodePublishSecret, volumeContext } = options;
  const { accessMode, accessType, fsType, mountFlags } = capability;
  return {
    name,
    provider,
    options: given({
      pluginName,
      capability: given({ accessMode, accessType, fsType, mountFlags: filled(mountFlags) }),
      nodeStageSecret: filled(nodeStageSecret),
      nodePublishSecret: filled(nodePublishSecret),
      volumeContext: filled(volumeContext),
    }),
  };
}

function renderVolume(volume: AppVolume) {
  const { containerPath } = volume;
  switch (volume.kind) {
    case 'host':
      return { containerPath, hostPath: volume.hostPath, mode: volume.mode };
    case 'persistent': {
      const { type, size, maxSize, profileName, constraints } = volume.persistent;
      const rendered = constraints.map(renderConstraint);
      const persistent = given({ type, size, maxSize, profileName, constraints: rendered });
      return { containerPath, mode: volume.mode, persistent };
    }
    case 'external':
      return { containerPath, mode: volume.mode, external: renderExternal(volume) };
    case 'secret':
      return { containerPath, secret: volume.secret };
  }
}

function renderContainer({ type, docker, linuxInfo, volumes, portMappings }: Container) {
  const image =
    docker === undefined
      ? undefined
      : given({
          pullConfig: docker.pullConfig,
          forcePullImage: docker.forcePullImage,
          image: docker.image,
          parameters: docker.parameters,
          privileged: docker.privileged,
        });
  return given({
    type,
    docker: image,
    linuxInfo,
    volumes: volumes.map(renderVolume),
    portMappings: portMappings?.map(renderPortMapping),
  });
}

/** Marathon's JSON of a health check, in definitions and events. */
export function renderHealthCheck(check: HealthCheck) {
  return given({
    command: check.command === undefined ? undefined : { value: check.command },
    gracePeriodSeconds: check.gracePeriodSeconds,
    ignoreHttp1xx: check.ignoreHttp1xx,
    intervalSeconds: check.intervalSeconds,
    maxConsecutiveFailures: check.maxConsecutiveFailures,
    path: check.path,
    port: check.port,
    portIndex: check.portIndex,
    protocol: check.protocol,
    ipProtocol: check.ipProtocol,
    timeoutSeconds: check.timeoutSeconds,
    delaySeconds: check.delaySeconds,
  });
}

function renderCheck({ probe, intervalSeconds, timeoutSeconds, delaySeconds }: AppCheck) {
  const { kind, ...asked } = probe;
  return { [kind]: asked, intervalSeconds, timeoutSeconds, delaySeconds };
}

/**
 * An app in Marathon's JSON. Without `version` and `versionInfo` where it has none: the definition alone.
 * `parseApp` of the result gives the same definition.
 */
export function renderApp(app: AppDefinition & Partial<Pick<AppSpec, 'version' | 'versionInfo'>>) {
  const { upgradeStrategy, resources } = app;
  return given({
    id: app.id,
    acceptedResourceRoles: filled(app.acceptedResourceRoles),
    args: filled(app.args),
    backoffFactor: app.backoff.backoffFactor,
    backoffSeconds: app.backoff.backoffSeconds,
    cmd: app.cmd,
    constraints: filled(app.constraints.map(renderConstraint)),
    container: app.container === undefined ? undefined : renderContainer(app.container),
    cpus: resources.cpus,
    dependencies: filled(app.dependencies),
    disk: resources.disk,
    env: filled(app.env),
    executor: app.executor,
    executorResources: app.executorResources,
    fetch: filled(app.fetch),
    healthChecks: filled(app.healthChecks.map(renderHealthCheck)),
    check: app.check === undefined ? undefined : renderCheck(app.check),
    instances: app.instances,
    labels: app.labels,
    maxLaunchDelaySeconds: app.backoff.maxLaunchDelaySeconds,
    mem: resources.mem,
    gpus: resources.gpus,
    networks: app.networks.map(renderNetwork),
    portDefinitions: app.networks.every(({ mode }) => mode === 'host')
      ? app.portDefinitions.map(renderPortDefinition)
      : undefined,
    readinessChecks: filled(app.readinessChecks),
    residency: app.residency,
    resourceLimits: app.resourceLimits,
    requirePorts: app.requirePorts,
    secrets: app.secrets,
    taskKillGracePeriodSeconds: app.taskKillGracePeriodSeconds,
    upgradeStrategy: {
      maximumOverCapacity: upgradeStrategy.maximumOverCapacity,
      minimumHealthCapacity: upgradeStrategy.minimumHealthCapacity,
    },
    user: app.user,
    version: app.version,
    versionInfo: app.versionInfo,
    killSelection: app.killSelection,
    unreachableStrategy: app.unreachableStrategy,
    tty: app.tty,
    role: app.role,
  });
}
