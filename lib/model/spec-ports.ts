import type { AppSpec, PodSpec, PortMapping, RunSpec } from './run-spec.ts';

/** What a port wants of its agent: no host port, any free one, exactly this one, or the one that ECS picks at the start. */
export type HostPortWish =
  | { readonly kind: 'none' }
  | { readonly kind: 'any' }
  | { readonly kind: 'fixed'; readonly port: number }
  | { readonly kind: 'later' };

/**
 * One requested port. `number`: the container port of a mapping or endpoint, the declared port of a definition.
 * 0: none was named.
 */
export interface SpecPort {
  readonly name?: string;
  readonly number: number;
  readonly host: HostPortWish;
}

/** The ports of a run spec in request order. */
export function portsOf(spec: RunSpec): readonly SpecPort[] {
  return spec.kind === 'app' ? appPorts(spec) : podPorts(spec);
}

/**
 * The mappings alone where there are any, else the port definitions, which ask for exactly their number only with
 * `requirePorts` (scheduling.md §3.1; Marathon: PortsMatcher.scala).
 */
function appPorts(spec: AppSpec): readonly SpecPort[] {
  const mappings = spec.container?.portMappings ?? [];
  if (mappings.length > 0) {
    const bridged = isBridged(spec);
    return mappings.map(({ name, containerPort, ...mapping }) => {
      const wish = wishOf(mapping);
      return specPort(name, containerPort, bridged && wish.kind === 'any' ? { kind: 'later' } : wish);
    });
  }
  return spec.portDefinitions.map(({ name, port }) =>
    specPort(name, port, spec.requirePorts && port !== 0 ? { kind: 'fixed', port } : { kind: 'any' }),
  );
}

/** The endpoints of all containers, one container after the other. */
function podPorts({ containers }: PodSpec): readonly SpecPort[] {
  return containers
    .flatMap(({ endpoints }) => endpoints)
    .map((endpoint) => specPort(endpoint.name, endpoint.containerPort ?? 0, wishOf(endpoint)));
}

/** The wishes that an agent must meet: `Placement.hostPorts` and `Instance.hostPorts` are in this order. */
export function hostPortWishesOf(spec: RunSpec): readonly HostPortWish[] {
  return portsOf(spec)
    .map((port) => port.host)
    .filter((wish) => wish.kind !== 'none' && wish.kind !== 'later');
}

/** In bridge mode a mapping is part of the task definition, and its host port known once the task runs (aws.md §1.5). */
export const isBridged = ({ networks }: Pick<AppSpec, 'networks'>): boolean =>
  networks.some(({ mode }) => mode === 'container/bridge');

const FIRST_GENERATED = 10_000;

/**
 * The container port of each mapping of an app in bridge mode. Those that named none get numbers of their own, the
 * same at every launch: the container has the network to itself, and the task definition must know them.
 */
export function bridgePortsOf(mappings: readonly PortMapping[]): readonly number[] {
  const used = new Set(mappings.map(({ containerPort }) => containerPort));
  let next = FIRST_GENERATED;
  return mappings.map(({ containerPort }) => {
    if (containerPort !== 0) return containerPort;
    while (used.has(next)) next += 1;
    next += 1;
    return next - 1;
  });
}

function wishOf({ hostPort }: { readonly hostPort?: number }): HostPortWish {
  if (hostPort === undefined) return { kind: 'none' };
  return hostPort === 0 ? { kind: 'any' } : { kind: 'fixed', port: hostPort };
}

function specPort(name: string | undefined, number: number, host: HostPortWish): SpecPort {
  return name === undefined ? { number, host } : { name, number, host };
}
