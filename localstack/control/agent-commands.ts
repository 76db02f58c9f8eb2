import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { parseAgentEntries } from '../agents/agents-file.ts';
import { AgentsError } from '../agents/settle-agents.ts';
import { type Command, number, type OptionValues, printTable, UsageError } from './command.ts';

const AGENT = z.object({
  host: z.string(),
  zone: z.string(),
  status: z.string(),
  connected: z.boolean(),
  running: z.boolean(),
  cpus: z.number(),
  mem: z.number(),
  roles: z.string(),
  ports: z.string(),
  attributes: z.record(z.string(), z.string()),
});

const listAgents: Command = {
  takes: [0, 0],
  options: [],
  async run({ client, output }) {
    const agents = await client.call('GET', '/agents', z.array(AGENT));
    const rows = agents.map((agent) => [...describe(agent), describeAttributes(agent.attributes)]);
    printTable(['HOST', 'ZONE', 'STATUS', 'CPUS', 'MEM', 'ROLES', 'PORTS', 'ATTRIBUTES'], rows, output);
  },
};

function describe(agent: z.infer<typeof AGENT>): string[] {
  const connection = agent.connected ? '' : ', disconnected';
  const status = agent.running ? `${agent.status}${connection}` : `${agent.status}, killed`;
  return [agent.host, agent.zone, status, String(agent.cpus), String(agent.mem), agent.roles, agent.ports];
}

function describeAttributes(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

const addAgents: Command = {
  takes: [1, 1],
  options: ['ports', 'zone', 'cpus', 'mem', 'disk', 'role', 'attribute'],
  async run({ client, args: [given = ''], values, output }) {
    for (const entry of await readEntries(given, values)) {
      const agent = await client.call('POST', '/agents', AGENT, entry);
      output.print(describe(agent).join('  '));
    }
  },
};

/** Of a host with options, a JSON text, or a file that holds one. */
async function readEntries(given: string, values: OptionValues): Promise<readonly unknown[]> {
  const isJson = /^\s*[[{]/.test(given);
  if (!isJson && !/[/\\]|\.json$/.test(given)) return [toEntry(given, values)];
  const besides = addAgents.options.find((name) => values[name] !== undefined);
  if (besides !== undefined) throw new UsageError(`--${besides} goes with a host: write it into the JSON instead`);
  try {
    return await parseAgentEntries(isJson ? 'JSON' : given, isJson ? given : await readText(given), 'either');
  } catch (error) {
    if (error instanceof AgentsError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`cannot read ${file}: ${String(cause)}`, { cause });
  }
}

function toEntry(host: string, { ports, zone, cpus, mem, disk, role: roles, attribute = [] }: OptionValues): unknown {
  const attributes = attribute.map((pair) => {
    const [name = '', value] = pair.split(/=(.*)/s, 2);
    if (value === undefined) throw new UsageError(`--attribute ${pair}: give NAME=VALUE`);
    return [name, value] as const;
  });
  const resources = { cpus: number(cpus), mem: number(mem), disk: number(disk) };
  return { host, ports, zone, roles, ...resources, attributes: Object.fromEntries(attributes) };
}

function actOnAgent(verb: string): Command {
  return {
    takes: [1, 1],
    options: [],
    async run({ client, args: [host = ''], output }) {
      const agent = await client.call('POST', `/agents/${encodeURIComponent(host)}/${verb}`, AGENT);
      output.print(describe(agent).join('  '));
    },
  };
}

export const agentCommands: Readonly<Record<string, Command>> = {
  'agent ls': listAgents,
  'agent add': addAgents,
  'agent kill': actOnAgent('kill'),
  'agent return': actOnAgent('return'),
  'agent connect': actOnAgent('connect'),
  'agent disconnect': actOnAgent('disconnect'),
  'agent drain': actOnAgent('drain'),
  'agent undrain': actOnAgent('undrain'),
};
