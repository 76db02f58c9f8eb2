import type { Instance } from '../../../lib/model/instance.ts';
import { type PathId, toSafePath } from '../../../lib/model/path-id.ts';
import type { AppSpec, PortMapping } from '../../../lib/model/run-spec.ts';
import { servicePortsOf } from './task.ts';

/** What goes behind an app's service port for one of its running tasks; undefined: nothing. */
type AddressOf = (instance: Instance) => string | undefined;

/** Names of container networks whose addresses a client wants to see; `*` is all. */
type ContainerNetworks = ReadonlySet<string>;

const isWanted = (names: readonly string[], wanted: ContainerNetworks): boolean =>
  wanted.has('*') || names.some((name) => wanted.has(name));

function networkNamesOf({ networkNames }: PortMapping, { networks }: AppSpec): readonly string[] {
  return networkNames.length > 0 ? networkNames : networks.flatMap(({ name }) => (name === undefined ? [] : [name]));
}

const hostAddress =
  (index: number): AddressOf =>
  ({ agent, hostPorts }) => {
    const port = hostPorts[index];
    return agent === undefined || port === undefined ? undefined : `${agent.host}:${port}`;
  };

/** The address behind the port at an index (api-endpoints.md §6; Marathon 1.10: EndpointsHelper.scala). */
function addressOf(app: AppSpec, index: number, wanted: ContainerNetworks): AddressOf {
  const mappings = app.container?.portMappings ?? [];
  const mapping = mappings[index];
  if (mapping === undefined) return hostAddress(index);
  if (mapping.hostPort !== undefined) {
    return hostAddress(mappings.slice(0, index).filter(({ hostPort }) => hostPort !== undefined).length);
  }
  if (!isWanted(networkNamesOf(mapping, app), wanted)) return () => undefined;
  return ({ agent }) => {
    const [ip] = agent?.ipAddresses ?? [];
    return ip === undefined ? undefined : `${ip}:${mapping.containerPort}`;
  };
}

/** Fields end in a tab each, lines in a line feed. */
const line = (fields: readonly string[]): string => `${fields.map((field) => `${field}\t`).join('')}\n`;

/**
 * The task list for load balancers' scripts: a line for each app and service port, or one with a blank as port for an
 * app without any; behind it where its running tasks are.
 */
export function presentTaskText(
  apps: readonly { readonly id: PathId; readonly app: AppSpec; readonly instances: readonly Instance[] }[],
  wanted: ContainerNetworks,
): string {
  const lines = apps.flatMap(({ id, app, instances }) => {
    const running = instances.filter(({ condition }) => condition === 'Running');
    const row = (port: string, addressOfTask: AddressOf): string =>
      line([toSafePath(id), port, ...running.flatMap((instance) => addressOfTask(instance) ?? [])]);
    const ports = servicePortsOf(app);
    if (ports.length === 0) return [row(' ', ({ agent }) => agent?.host)];
    return ports.map((port, index) => row(String(port), addressOf(app, index, wanted)));
  });
  return lines.join('');
}
