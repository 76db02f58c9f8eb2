import type { AgentEntry, AgentSpec } from './agent-spec.ts';

/** Mesos's default range of ports that agents offer, both ends included. */
const FIRST_PORT = 31_000;
const PORT_COUNT = 1001;

/**
 * Makes the copies that `count` asks for and splits ports 31000-32000 over the agents that name none: all agents live
 * on this one machine. Throws `AgentsError` on a host named twice and when there are more agents than ports.
 */
export function settleAgents(entries: readonly AgentEntry[]): readonly AgentSpec[] {
  const copies = entries.flatMap(copiesOf);
  const repeated = copies.find((agent, index) => copies.findIndex((other) => other.host === agent.host) !== index);
  if (repeated !== undefined) {
    throw new AgentsError(`host ${repeated.host} is named twice: each agent needs a host of its own (mind "count")`);
  }
  const open = copies.filter((agent) => agent.ports === undefined);
  if (open.length > PORT_COUNT) {
    throw new AgentsError(`${open.length} agents cannot share ports 31000-32000: give them "ports" of their own`);
  }
  return copies.map((agent) => ({ ...agent, ports: agent.ports ?? [share(open.indexOf(agent), open.length)] }));
}

/** A list of agents that cannot be: the message says why and what to change. */
export class AgentsError extends Error {
  override readonly name = 'AgentsError';
}

type OpenAgent = Omit<AgentEntry, 'count'>;

function copiesOf({ count, ...agent }: AgentEntry): OpenAgent[] {
  if (count === 1) return [agent];
  return Array.from({ length: count }, (_, index) => ({ ...agent, host: hostOfCopy(agent.host, index) }));
}

/** An IPv4 address counts up its last octet; a name gets `-1`, `-2`… */
function hostOfCopy(host: string, index: number): string {
  const [, network, octet] = /^(\d+\.\d+\.\d+\.)(\d+)$/.exec(host) ?? [];
  if (network === undefined) return `${host}-${index + 1}`;
  const last = Number(octet) + index;
  if (last > 254) throw new AgentsError(`host ${host} cannot be counted up past ${network}254: lower "count"`);
  return `${network}${last}`;
}

function share(index: number, of: number): string {
  const begin = FIRST_PORT + Math.floor((index * PORT_COUNT) / of);
  const end = FIRST_PORT + Math.floor(((index + 1) * PORT_COUNT) / of) - 1;
  return `${begin}-${end}`;
}
