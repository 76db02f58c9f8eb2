import type { AppDefinition, Network, PortMapping } from '../../model/run-spec.ts';
import { areDistinct, unless, type Violation } from './violation.ts';

const namesOf = (networks: readonly Network[]): readonly string[] =>
  networks.flatMap((network) => (network.name === undefined ? [] : [network.name]));

/** Rules on `networks`, of which only one message is shown: the first that fails (app-model.md §4). */
export function networkViolations(networks: readonly Network[]): readonly Violation[] {
  const path = '/networks';
  const count = (mode: Network['mode']): number => networks.filter((network) => network.mode === mode).length;
  const ofMode = (mode: Network['mode']): readonly Network[] => networks.filter((network) => network.mode === mode);
  const unnamed = ofMode('container').filter((network) => network.name === undefined).length;
  const single = count('container') === 0 && networks.length === 1;
  const rules: readonly (readonly [holds: boolean, error: string])[] = [
    [
      ofMode('host').every((host) => host.name === undefined && Object.keys(host.labels).length === 0),
      'Host networks may not have names or labels',
    ],
    [ofMode('container/bridge').every((bridge) => bridge.name === undefined), 'Bridge networks may not have names'],
    [unnamed < 2 && areDistinct(namesOf(networks)), 'Duplicate networks are not allowed'],
    [
      single || count('container') === networks.length,
      'May specify a single host network, single bridge network, or else 1-to-n container networks',
    ],
    [unnamed === 0, 'Network name must be specified when container network is selected.'],
  ];
  const broken = rules.find(([holds]) => !holds);
  return broken === undefined ? [] : [[path, broken[1]]];
}

function mappingViolations(mappings: readonly PortMapping[], networks: readonly Network[]): readonly Violation[] {
  const path = '/container/portMappings';
  const names = namesOf(networks);
  const several = networks.filter((network) => network.mode === 'container').length > 1;
  return [
    ...unless(areDistinct(mappings.map((mapping) => mapping.name)), path, 'Port names must be unique.'),
    ...mappings.flatMap(({ hostPort, networkNames }, index) => [
      ...unless(
        !several || hostPort === undefined || networkNames.length === 1,
        `${path}(${index})`,
        'networkNames must be a single item list when hostPort is specified and more than 1 container network is defined',
      ),
      ...networkNames.flatMap((name, at) =>
        unless(names.includes(name), `${path}(${index})/networkNames(${at})`, `is not one of (${names.join(',')})`),
      ),
    ]),
  ];
}

/** Rules on networks and ports (app-model.md §4, §5). */
export function networkingViolations(app: AppDefinition): readonly Violation[] {
  const { networks, portDefinitions, container } = app;
  const containerNetworks = networks.filter((network) => network.mode === 'container').length;
  const numbers = portDefinitions.map(({ port }) => port).filter((port) => port !== 0);
  return [
    ...networkViolations(networks),
    ...unless(
      container?.type !== 'DOCKER' || containerNetworks <= 1,
      '/',
      'may only specify a single container network when using the Docker container engine',
    ),
    ...mappingViolations(container?.portMappings ?? [], networks),
    ...unless(areDistinct(portDefinitions.map(({ name }) => name)), '/portDefinitions', 'Port names must be unique.'),
    ...unless(areDistinct(numbers), '/portDefinitions', 'Ports must be unique.'),
  ];
}
