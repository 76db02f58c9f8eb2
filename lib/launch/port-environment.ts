import type { AppSpec } from '../model/run-spec.ts';
import { bridgePortsOf, hostPortWishesOf, isBridged, portsOf, type SpecPort } from '../model/spec-ports.ts';
import { spread } from '../model/spread.ts';

/** A port as the task knows it. `listed`: part of PORTS; ports that only exist inside the container are not. */
interface TaskPort {
  readonly port: SpecPort;
  readonly value: number;
  readonly listed: 'first' | 'last' | 'not';
}

/**
 * The PORT variables, without prefix, by the table of task-environment.md §2. In bridge mode a task listens on the
 * container port, so PORTn is that; the host port is in the API's `ports` (design §8). `seed` picks the numbers of
 * container ports that nobody named. Throws a RangeError when `hostPorts` are not those that the spec asks for.
 */
export function portEnvironment(
  spec: AppSpec,
  hostPorts: readonly number[],
  seed: string,
): Readonly<Record<string, string>> {
  const ports = taskPorts(spec, hostPorts, seed);
  if (ports.length === 0) return {};
  const listed = [
    ...ports.filter((each) => each.listed === 'first'),
    ...ports.filter((each) => each.listed === 'last'),
  ];
  const [first] = listed;
  return {
    ...Object.fromEntries(
      ports.flatMap(({ port, value }, index) => namesOf(port, index, value).map((name) => [name, String(value)])),
    ),
    PORTS: listed.map((each) => each.value).join(','),
    ...(first !== undefined && { PORT: String(first.value) }),
  };
}

function namesOf({ name, number }: SpecPort, index: number, value: number): readonly string[] {
  const names = [`PORT${index}`, `PORT_${number === 0 ? value : number}`];
  return name === undefined ? names : [...names, `PORT_${name.toUpperCase()}`];
}

function taskPorts(spec: AppSpec, hostPorts: readonly number[], seed: string): readonly TaskPort[] {
  const ports = portsOf(spec);
  const wanted = hostPortWishesOf(spec).length;
  if (wanted !== hostPorts.length) throw new RangeError(`${spec.id} has ${wanted} host ports, not ${hostPorts.length}`);
  if (isBridged(spec)) {
    const inside = bridgePortsOf(spec.container?.portMappings ?? []);
    return ports.map((port, index) => ({ port, value: inside[index] ?? port.number, listed: 'first' }));
  }
  const unused = unusedPorts(ports, hostPorts, seed);
  const assigned = hostPorts.values();
  return ports.map((port) => {
    const hostPort = port.host.kind === 'none' ? undefined : assigned.next().value;
    if (port.number !== 0 && hostPort === undefined) return { port, value: port.number, listed: 'not' };
    return hostPort === undefined
      ? { port, value: unused.next().value, listed: 'last' }
      : { port, value: hostPort, listed: 'first' };
  });
}

const FIRST_GENERATED = 10_000;
const GENERATED_COUNT = 65_536 - FIRST_GENERATED;

/** Port numbers of five digits that the app does not use, from a start that the seed picks. Never ends. */
function* unusedPorts(
  ports: readonly SpecPort[],
  hostPorts: readonly number[],
  seed: string,
): Generator<number, never> {
  const used = new Set([...ports.map((port) => port.number), ...hostPorts]);
  for (let i = spread(seed) % GENERATED_COUNT; ; i += 1) {
    const port = FIRST_GENERATED + (i % GENERATED_COUNT);
    if (!used.has(port)) yield port;
  }
}
