import type { AppFields } from '../wire/app.ts';
import { uriViolations } from './uris.ts';
import { areDistinct, unless, type Violation } from './violation.ts';

const MUST_BE_EMPTY = 'must be empty';

function dockerViolations(fields: AppFields): readonly Violation[] {
  const { container } = fields;
  const docker = container?.docker;
  if (container === undefined || docker === undefined) return [];
  const path = '/container/docker';
  const names = (docker.portMappings ?? []).map(({ name }) => name);
  const common = [
    ...unless(docker.credential === undefined, `${path}/credential`, MUST_BE_EMPTY),
    ...unless(docker.network !== 'NONE', `${path}/network`, 'unsupported docker network type NONE'),
    ...unless(areDistinct(names), `${path}/portMappings`, 'Port names must be unique.'),
  ];
  if (container.type === 'MESOS') {
    return [
      ...common,
      ...unless(docker.network === undefined, `${path}/network`, MUST_BE_EMPTY),
      ...unless(docker.parameters.length === 0, `${path}/parameters`, MUST_BE_EMPTY),
      ...unless(docker.portMappings === undefined, `${path}/portMappings`, MUST_BE_EMPTY),
    ];
  }
  const twice = container.portMappings !== undefined && (docker.portMappings ?? []).length > 0;
  return [
    ...common,
    ...unless(!twice, `${path}/portMappings`, 'cannot specify both portMappings and docker.portMappings'),
  ];
}

function ipAddressViolations(fields: AppFields): readonly Violation[] {
  const { ipAddress, container } = fields;
  if (ipAddress === undefined) return [];
  const hasPorts = (fields.ports ?? []).length > 0 || (fields.portDefinitions ?? []).length > 0;
  const twice = (ipAddress.discovery?.ports ?? []).length > 0 && container?.portMappings !== undefined;
  return [
    ...unless(
      container?.type !== 'DOCKER' || ipAddress.discovery === undefined,
      '/ipAddress',
      'ipAddress/discovery is not allowed for Docker containers',
    ),
    ...unless(
      !twice,
      '/ipAddress/discovery/ports',
      'container.portMappings and ipAddress.discovery.ports must not both be set',
    ),
    ...unless((fields.networks ?? []).length === 0, '/', 'must not specify both networks and ipAddress'),
    ...unless(!hasPorts, '/', 'cannot specify both an IP address and port'),
  ];
}

function portViolations({ ports, portDefinitions }: AppFields): readonly Violation[] {
  if (ports === undefined) return [];
  const same =
    portDefinitions === undefined || JSON.stringify(portDefinitions.map(({ port }) => port)) === JSON.stringify(ports);
  return [
    ...unless(areDistinct(ports.filter((port) => port !== 0)), '/', 'ports must be unique'),
    ...unless(same, '/', 'cannot specify both ports and port definitions'),
  ];
}

/** Rules on the fields that Marathon 1.5 replaced, judged before they are translated (app-model.md §1 stage 4, §4, §5). */
export function deprecatedViolations(fields: AppFields): readonly Violation[] {
  const bothNetworks = fields.container?.docker?.network !== undefined && (fields.networks ?? []).length > 0;
  const bothFetch = (fields.uris ?? []).length > 0 && (fields.fetch ?? []).length > 0;
  return [
    ...dockerViolations(fields),
    ...ipAddressViolations(fields),
    ...uriViolations(fields.uris ?? [], (index) => `/uris(${index})`),
    ...unless(!bothFetch, '/uris', 'may not be set in conjunction with fetch'),
    ...unless(!bothNetworks, '/', 'must not specify both container.docker.network and networks'),
    ...portViolations(fields),
  ];
}
