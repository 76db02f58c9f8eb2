import type { Network, PortDefinition, PortMapping } from '../model/run-spec.ts';
import { given } from './given.ts';
import type { CanonicalFields } from './migrate.ts';
import type { NetworkInput, PortDefinitionInput, PortMappingInput } from './wire/network.ts';

const EMPTY_MAPPING: PortMapping = { containerPort: 0, servicePort: 0, protocol: 'tcp', labels: {}, networkNames: [] };

export interface Networking {
  readonly networks: readonly Network[];
  readonly portDefinitions: readonly PortDefinition[];
  /** Undefined in host mode, where mappings mean nothing and are dropped. */
  readonly portMappings: readonly PortMapping[] | undefined;
  readonly requirePorts: boolean;
}

const toNetwork = (network: NetworkInput): Network => given(network);
const toPortDefinition = (definition: PortDefinitionInput): PortDefinition => given(definition);
const toPortMapping = (mapping: PortMappingInput): PortMapping => given(mapping);

/** In bridge mode every mapping has a host port: any, unless one is named. */
const withHostPort = (mapping: PortMapping): PortMapping => ({ ...mapping, hostPort: mapping.hostPort ?? 0 });

/**
 * Networks and ports as Marathon stores them (app-model.md §4, §5): host mode has port definitions, by default one;
 * every other mode has port mappings, by default one, and at least as many as port definitions were given.
 */
export function normalizeNetworking(fields: CanonicalFields): Networking {
  const declared = fields.networks ?? [];
  const networks: readonly Network[] = declared.length === 0 ? [{ mode: 'host', labels: {} }] : declared.map(toNetwork);
  if (networks.every((network) => network.mode === 'host')) {
    const definitions = fields.portDefinitions?.map(toPortDefinition);
    return {
      networks,
      portDefinitions: definitions ?? [{ port: 0, protocol: 'tcp', name: 'default', labels: {} }],
      portMappings: undefined,
      requirePorts: fields.requirePorts ?? false,
    };
  }
  const mappings = fields.container?.portMappings?.map(toPortMapping) ?? [{ ...EMPTY_MAPPING, name: 'default' }];
  const missing = Math.max(0, (fields.portDefinitions?.length ?? 0) - mappings.length);
  const all = [...mappings, ...Array.from({ length: missing }, () => EMPTY_MAPPING)];
  const bridged = networks.some((network) => network.mode === 'container/bridge');
  return {
    networks,
    portDefinitions: [],
    portMappings: bridged ? all.map(withHostPort) : all,
    requirePorts: false,
  };
}
