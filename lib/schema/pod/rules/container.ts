import type { Network, PodDefinition } from '../../../model/run-spec.ts';
import { resourceLimitViolations } from '../../rules/limits.ts';
import { linuxInfoViolations } from '../../rules/linux-info.ts';
import { unless, type Violation } from '../../rules/violation.ts';
import type { PodContainerInput } from '../wire/container.ts';
import type { PodInput } from '../wire/pod.ts';
import { endpointViolations } from './endpoints.ts';
import { podHealthCheckViolations } from './health-check.ts';

function mountViolations({ volumeMounts }: PodContainerInput, volumes: PodInput['volumes']): readonly Violation[] {
  return volumeMounts.flatMap(({ name }, index) =>
    unless(
      volumes.some((volume) => volume.name === name),
      `/volumeMounts(${index})/name`,
      'Referenced Volume in VolumeMount should exist',
    ),
  );
}

function violationsWithin(container: PodContainerInput, pod: PodInput, networks: readonly Network[]) {
  const { resources, resourceLimits, endpoints, healthCheck } = container;
  return [
    ...resourceLimitViolations({ resourceLimits }, resources),
    ...unless(
      pod.legacySharedCgroups !== true || resourceLimits === undefined,
      '/resourceLimits',
      'resourceLimits cannot be defined if legacySharedCgroups is enabled',
    ),
    ...endpoints.flatMap((endpoint, index) => endpointViolations(endpoint, networks, `/endpoints(${index})`)),
    ...(healthCheck === undefined ? [] : podHealthCheckViolations(healthCheck, endpoints, '/healthCheck')),
    ...mountViolations(container, pod.volumes),
  ];
}

/** Rules on the containers of a pod, one by one (pod-and-group-model.md A3). */
export function containerViolations(input: PodInput, pod: PodDefinition): readonly Violation[] {
  return [
    ...input.containers.flatMap((container, index) =>
      violationsWithin(container, input, pod.networks).map(
        ([path, error]): Violation => [`/containers(${index})${path}`, error],
      ),
    ),
    ...pod.containers.flatMap(({ linuxInfo }, index) =>
      linuxInfoViolations(linuxInfo, `/containers(${index})/linuxInfo`),
    ),
  ];
}
