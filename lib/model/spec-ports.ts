import type { AppSpec, PodSpec, RunSpec } from './run-spec.ts';

/** What a port wants of its agent: no host port, any free one, or exactly this one. */
export type HostPortWish =
  | { readonly kind: 'none' }
  | { readonly kind: 'any' }
  | { readonly kind: 'fixed'; readonly port: number };

/** One requested port. `number`: the container port of a mapping or endpoint, the declared port of a definition. */
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
  if (mappings.length > 0)
    return mappings.map((mapping) => specPort(mapping.name, mapping.containerPort, wishOf(mapping)));
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
    .filter((wish) => wish.kind !== 'none');
}

function wishOf({ hostPort }: { readonly hostPort?: number }): HostPortWish {
  if (hostPort === undefined) return { kind: 'none' };
  return hostPort === 0 ? { kind: 'any' } : { kind: 'fixed', port: hostPort };
}

function specPort(name: string | undefined, number: number, host: HostPortWish): SpecPort {
  return name === undefined ? { number, host } : { name, number, host };
}
