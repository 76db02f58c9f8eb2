import type { Network } from '../../../model/run-spec.ts';
import { areDistinct, unless, type Violation } from '../../rules/violation.ts';
import type { PodContainerInput } from '../wire/container.ts';
import type { PodInput } from '../wire/pod.ts';

type EndpointInput = PodContainerInput['endpoints'][number];

/** Rules on one endpoint, by the networks of its pod (pod-and-group-model.md A3). */
export function endpointViolations(
  { containerPort, hostPort, protocol = [], networkNames }: EndpointInput,
  networks: readonly Network[],
  path: string,
): readonly Violation[] {
  const has = (mode: Network['mode']): boolean => networks.some((network) => network.mode === mode);
  const names = networks.flatMap(({ name }) => name ?? []);
  const several = networks.filter(({ mode }) => mode === 'container').length > 1;
  return [
    ...unless(
      containerPort === undefined || !has('host'),
      `${path}/containerPort`,
      'is not allowed when using host-mode networking',
    ),
    ...unless(
      containerPort !== undefined || !has('container'),
      `${path}/containerPort`,
      'is required when using container-mode networking',
    ),
    ...unless(
      areDistinct(protocol),
      `${path}/protocol`,
      'Duplicate protocols within the same endpoint are not allowed',
    ),
    ...unless(
      !several || hostPort === undefined || networkNames.length === 1,
      path,
      'networkNames must be a single item list when hostPort is specified and more than 1 container network is defined',
    ),
    ...networkNames.flatMap((name, index) =>
      unless(names.includes(name), `${path}/networkNames(${index})`, `is not one of (${names.join(',')})`),
    ),
  ];
}

/** Rules on all endpoints of a pod together; port 0 may repeat. */
export function uniqueEndpointViolations({ containers }: Pick<PodInput, 'containers'>): readonly Violation[] {
  const endpoints = containers.flatMap((container) => container.endpoints);
  const fixed = (ports: readonly (number | undefined)[]) => ports.filter((port) => port !== 0);
  return [
    // The slip is Marathon's.
    ...unless(
      areDistinct(endpoints.map(({ name }) => name)),
      '/',
      'endpoint names nust be unique across all containers',
    ),
    ...unless(
      areDistinct(fixed(endpoints.map(({ containerPort }) => containerPort))),
      '/',
      'container ports must be unique across all containers',
    ),
    ...unless(
      areDistinct(fixed(endpoints.map(({ hostPort }) => hostPort))),
      '/',
      'host ports must be unique across all containers',
    ),
  ];
}
