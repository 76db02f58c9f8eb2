import type { AppFields, ArtifactInput } from './wire/app.ts';
import type { ContainerInput } from './wire/container.ts';
import type { IpAddressInput, NetworkInput, PortDefinitionInput, PortMappingInput } from './wire/network.ts';

type Docker = NonNullable<ContainerInput['docker']>;

export interface CanonicalContainer extends Omit<ContainerInput, 'docker'> {
  readonly docker: Omit<Docker, 'network' | 'portMappings' | 'credential'> | undefined;
}

/** App fields in the form of Marathon 1.5 and later. */
export interface CanonicalFields extends Omit<AppFields, 'ports' | 'uris' | 'ipAddress' | 'container'> {
  readonly container: CanonicalContainer | undefined;
}

/** Marathon's `--mesos_bridge_name`: an `ipAddress` on this network means bridge mode. */
const MESOS_BRIDGE_NAME = 'mesos-bridge';

/** Endings that Mesos's fetcher unpacks. */
const ARCHIVE = /\.(tar|tar\.gz|tar\.bz2|tar\.xz|gz|tgz|tbz2|txz|zip)$/;

function toArtifact(uri: string): ArtifactInput {
  const path = uri.replace(/[?#].*$/s, '');
  return { uri, extract: ARCHIVE.test(path), executable: false, cache: false, destPath: undefined };
}

function toNetworks(ip: IpAddressInput | undefined, docker: Docker['network']): NetworkInput[] | undefined {
  const labels = ip?.labels ?? {};
  if (docker === 'HOST') return [{ mode: 'host', name: undefined, labels: {} }];
  if (docker === 'BRIDGE') return [{ mode: 'container/bridge', name: undefined, labels }];
  if (docker === 'USER') return [{ mode: 'container', name: ip?.networkName, labels }];
  if (ip === undefined) return undefined;
  return ip.networkName === MESOS_BRIDGE_NAME
    ? [{ mode: 'container/bridge', name: undefined, labels }]
    : [{ mode: 'container', name: ip.networkName, labels }];
}

function toPortMappings(ip: IpAddressInput | undefined): PortMappingInput[] | undefined {
  const ports = ip?.discovery?.ports ?? [];
  if (ports.length === 0) return undefined;
  return ports.map(({ number, name, protocol, labels }) => ({
    containerPort: number,
    hostPort: undefined,
    servicePort: 0,
    protocol,
    name,
    labels,
    networkNames: [],
  }));
}

const EMPTY_CONTAINER: ContainerInput = {
  type: 'MESOS',
  docker: undefined,
  linuxInfo: undefined,
  volumes: [],
  portMappings: undefined,
};

function migrateContainer(fields: AppFields): CanonicalContainer | undefined {
  const container = fields.container ?? (fields.ipAddress === undefined ? undefined : EMPTY_CONTAINER);
  if (container === undefined) return undefined;
  const { docker, ...rest } = container;
  const portMappings =
    rest.portMappings ??
    docker?.portMappings ??
    (container.type === 'MESOS' ? toPortMappings(fields.ipAddress) : undefined);
  if (docker === undefined) return { ...rest, docker: undefined, portMappings };
  const { network, portMappings: _old, credential, ...image } = docker;
  return { ...rest, docker: image, portMappings };
}

const toPortDefinition = (port: number): PortDefinitionInput => ({
  port,
  protocol: 'tcp',
  name: undefined,
  labels: {},
});

/**
 * Translates `ports`, `uris`, `ipAddress`, `docker.network` and `docker.portMappings` into today's fields
 * (app-model.md §4, §5, §10). Works on whole definitions and on partial updates; what is absent stays absent.
 */
export function migrateDeprecated(fields: AppFields): CanonicalFields {
  const { ports, uris, ipAddress, container, ...rest } = fields;
  return {
    ...rest,
    fetch: uris !== undefined && uris.length > 0 ? uris.map(toArtifact) : rest.fetch,
    networks: toNetworks(ipAddress, container?.docker?.network) ?? rest.networks,
    container: migrateContainer(fields),
    portDefinitions: rest.portDefinitions ?? ports?.map(toPortDefinition),
  };
}
