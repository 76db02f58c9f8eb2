import { type AgentEntry, type AgentSpec, agentEntry } from './agent-spec.ts';
import { settleAgents } from './settle-agents.ts';

const ZONES = ['a', 'b', 'c'];

/**
 * The agents without an agents file: hosts 127.0.0.11 and up, zones and racks in turn, every third one public too.
 * Only Linux answers on all of 127.0.0.0/8: elsewhere there is one agent, `localhost`. Throws `AgentsError` above 244.
 */
export function defaultAgents(count = 3, platform: NodeJS.Platform = process.platform): readonly AgentSpec[] {
  if (platform !== 'linux') return settleAgents([defaultAgent('localhost', 0)]);
  const [first, ...others] = settleAgents([agentEntry.parse({ host: '127.0.0.11', count })]);
  const hosts = first === undefined ? [] : [first, ...others].map((agent) => agent.host);
  return settleAgents(hosts.map(defaultAgent));
}

function defaultAgent(host: string, index: number): AgentEntry {
  const place = index % ZONES.length;
  const zone = `local-${ZONES[place]}`;
  return agentEntry.parse({
    host,
    zone,
    attributes: { rack: `r${place + 1}`, zone },
    roles: place === 2 ? ['*', 'slave_public'] : ['*'],
  });
}
