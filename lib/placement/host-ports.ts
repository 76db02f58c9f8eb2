import type { Instance } from '../model/instance.ts';
import type { PortRange } from '../model/resources.ts';
import type { HostPortWish } from '../model/spec-ports.ts';
import { spread } from '../model/spread.ts';
import type { Candidate } from './candidate.ts';

/** Ports in the order of the wishes, or what is missing. */
export type HostPortChoice =
  | { readonly kind: 'chosen'; readonly ports: readonly number[] }
  | { readonly kind: 'missing'; readonly detail: Readonly<Record<string, number>> };

/**
 * Chooses an agent's host ports for one instance (scheduling.md §3.1). A fixed port is taken when nobody holds it on
 * this agent, inside the agent's range or not (design §6); one instance may ask for it twice, as tcp and udp. Dynamic
 * ports come from the agent's ranges seen as one ring: consecutive free ones from a start that depends on the launch,
 * so that a port just freed does not go to the next service that asks.
 */
export function chooseHostPorts(
  wishes: readonly HostPortWish[],
  candidate: Candidate,
  instance: Instance,
): HostPortChoice {
  const fixed = wishes.flatMap((wish) => (wish.kind === 'fixed' ? [wish.port] : []));
  const taken = fixed.find((port) => candidate.isPortTaken(port));
  if (taken !== undefined) return { kind: 'missing', detail: { port: taken } };

  const needed = wishes.filter((wish) => wish.kind === 'any').length;
  const start = needed === 0 ? 0 : spread(`${instance.id}.${instance.incarnation}`);
  const dynamic = freePorts(candidate, new Set(fixed), needed, start);
  if (dynamic.length < needed) return { kind: 'missing', detail: { needed, free: dynamic.length } };
  return { kind: 'chosen', ports: inOrderOf(wishes, dynamic) };
}

function inOrderOf(wishes: readonly HostPortWish[], dynamic: readonly number[]): readonly number[] {
  let used = 0;
  return wishes.flatMap((wish) => {
    if (wish.kind === 'fixed') return [wish.port];
    used += 1;
    return dynamic.slice(used - 1, used);
  });
}

/** Up to `needed` free ports of the agent's ranges, from the start position on, around the ring. */
function freePorts(candidate: Candidate, skip: ReadonlySet<number>, needed: number, start: number): readonly number[] {
  const ranges = candidate.agent.facts.ports;
  const size = ranges.reduce((sum, range) => sum + range.end - range.begin + 1, 0);
  const found = new Set<number>();
  for (let i = 0; i < size && found.size < needed; i += 1) {
    const port = portAt(ranges, (start + i) % size);
    if (!skip.has(port) && !candidate.isPortTaken(port)) found.add(port);
  }
  return [...found];
}

function portAt(ranges: readonly PortRange[], position: number): number {
  let left = position;
  for (const { begin, end } of ranges) {
    const length = end - begin + 1;
    if (left < length) return begin + left;
    left -= length;
  }
  throw new RangeError(`no port at position ${position}`);
}
