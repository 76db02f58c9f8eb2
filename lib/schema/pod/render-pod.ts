import type { Endpoint, PodContainer, PodHealthCheck, PodImage, PodVolume } from '../../model/pod.ts';
import type { Network, PodDefinition, PodSpec } from '../../model/run-spec.ts';
import { given } from '../given.ts';

// The way back from the model to Marathon's JSON: key order and presence as responses.md §10 gives them.

/** Undefined when there is nothing to show, for keys that are left out when empty. */
const filled = <T extends object>(value: T): T | undefined => (Object.keys(value).length > 0 ? value : undefined);

function renderEndpoint({ name, containerPort, hostPort, protocol, labels, networkNames }: Endpoint) {
  return given({
    name,
    containerPort,
    hostPort,
    protocol: filled(protocol),
    labels: filled(labels),
    networkNames: filled(networkNames),
  });
}

const renderImage = ({ kind, id, pullConfig, forcePull, labels }: PodImage) =>
  given({ kind, id, pullConfig, forcePull, labels: filled(labels) });

function renderHealthCheck({ probe: { kind, ...probe }, ...times }: PodHealthCheck) {
  const { gracePeriodSeconds, intervalSeconds, maxConsecutiveFailures, timeoutSeconds, delaySeconds } = times;
  return {
    [kind]: probe,
    gracePeriodSeconds,
    intervalSeconds,
    maxConsecutiveFailures,
    timeoutSeconds,
    delaySeconds,
  };
}

function renderContainer(container: PodContainer) {
  const { name, exec, resources, resourceLimits, endpoints, linuxInfo, image, healthCheck } = container;
  return given({
    name,
    exec,
    resources,
    resourceLimits,
    endpoints: filled(endpoints.map(renderEndpoint)),
    linuxInfo,
    image: image === undefined ? undefined : renderImage(image),
    environment: filled(container.environment),
    user: container.user,
    healthCheck: healthCheck === undefined ? undefined : renderHealthCheck(healthCheck),
    volumeMounts: filled(container.volumeMounts),
    artifacts: filled(container.artifacts),
    labels: filled(container.labels),
    lifecycle: container.lifecycle,
    tty: container.tty,
  });
}

function renderVolume(volume: PodVolume) {
  const { name } = volume;
  switch (volume.kind) {
    case 'ephemeral':
      return { name };
    case 'host':
      return { name, host: volume.hostPath };
    case 'secret':
      return { name, secret: volume.secret };
    case 'persistent': {
      const { constraints, ...disk } = volume.persistent;
      const rendered = constraints.map(({ field, operator, value = '' }) => [field, operator, value]);
      return { name, persistent: { ...disk, constraints: rendered } };
    }
  }
}

const renderNetwork = ({ name, mode, labels }: Network) => given({ name, mode, labels: filled(labels) });

function renderScheduling(pod: PodDefinition) {
  const { backoffSeconds, backoffFactor, maxLaunchDelaySeconds } = pod.backoff;
  return {
    backoff: { backoff: backoffSeconds, backoffFactor, maxLaunchDelay: maxLaunchDelaySeconds },
    upgrade: pod.upgradeStrategy,
    placement: given({
      constraints: filled(
        pod.constraints.map(({ field, operator, value }) => given({ fieldName: field, operator, value })),
      ),
      acceptedResourceRoles: filled(pod.acceptedResourceRoles),
    }),
    killSelection: pod.killSelection,
    unreachableStrategy: pod.unreachableStrategy,
  };
}

/** A pod in Marathon's JSON, without `version` where it has none. `parsePod` of the result gives the same definition. */
export function renderPod(pod: PodDefinition & Partial<Pick<PodSpec, 'version'>>) {
  return given({
    id: pod.id,
    labels: filled(pod.labels),
    version: pod.version,
    user: pod.user,
    environment: filled(pod.env),
    containers: pod.containers.map(renderContainer),
    secrets: filled(pod.secrets),
    volumes: filled(pod.volumes.map(renderVolume)),
    networks: filled(pod.networks.map(renderNetwork)),
    scaling: { kind: 'fixed', instances: pod.instances },
    scheduling: renderScheduling(pod),
    executorResources: pod.executorResources,
    role: pod.role,
    linuxInfo: pod.linuxInfo,
    legacySharedCgroups: pod.legacySharedCgroups,
  });
}
