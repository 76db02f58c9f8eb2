import { parseArgs } from 'node:util';
import * as z from 'zod';
import { parseOptions } from '../options.ts';
import { type ControlClient, connectControl } from './control-client.ts';

/** Where a command writes. */
export interface CommandOutput {
  print(line: string): void;
  writeOut(chunk: Uint8Array): void;
  writeError(chunk: Uint8Array): void;
}

/** A command line that cannot be followed; the text says how it is used. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const USAGE = `npm run local -- [--data DIR] COMMAND     act on the running local cloud

  agent ls                              the agents
  agent add HOST --ports A-B [--zone Z] [--cpus N] [--mem MIB] [--disk MIB] [--role R]... [--attribute K=V]...
  agent kill HOST | agent return HOST   the machine loses power; it is back
  agent disconnect HOST | agent connect HOST
  agent drain HOST | agent undrain HOST
  log TASK [--follow]                   output of a task (the beginning of its id is enough)
  queue ls                              messages waiting, in flight and delayed
  queue show NAME                       the messages of a queue, such as its dead letters
  event put SOURCE DETAIL-TYPE DETAIL   an event for the default bus; DETAIL is JSON

--data DIR (or STRIDE_DATA_DIR) is the directory that npm start was given.`;

const OPTIONS = {
  data: { type: 'string' },
  follow: { type: 'boolean' },
  ports: { type: 'string', multiple: true },
  zone: { type: 'string' },
  cpus: { type: 'string' },
  mem: { type: 'string' },
  disk: { type: 'string' },
  role: { type: 'string', multiple: true },
  attribute: { type: 'string', multiple: true },
  help: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parseCommandLine>['values'];

/** Runs one command of `npm run local`. Throws `UsageError` or `ControlClientError`, whose messages are for the user. */
export async function runCommand(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  output: CommandOutput,
): Promise<void> {
  const { values, positionals } = parseCommandLine(argv);
  if (values.help === true || positionals.length === 0) return output.print(USAGE);
  const [topic, verb, ...others] = positionals;
  const client = () => connectControl(dataDirectory(values.data, env));
  switch (`${topic} ${topic === 'log' ? 'TASK' : verb}`) {
    case 'agent ls':
      return listAgents(client(), output);
    case 'agent add':
      return addAgent(client(), required(others, 1), values, output);
    case 'agent kill':
    case 'agent return':
    case 'agent connect':
    case 'agent disconnect':
    case 'agent drain':
    case 'agent undrain':
      return actOnAgent(client(), verb ?? '', required(others, 1), output);
    case 'log TASK':
      return printLog(client(), required(positionals.slice(1), 1), values.follow === true, output);
    case 'queue ls':
      return listQueues(client(), output);
    case 'queue show':
      return showQueue(client(), required(others, 1), output);
    case 'event put':
      return putEvent(client(), required(others, 3), output);
    default:
      throw new UsageError(`there is no command ${positionals.join(' ')}\n\n${USAGE}`);
  }
}

function parseCommandLine(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (cause) {
    throw new UsageError(`${cause instanceof Error ? cause.message : String(cause)}\n\n${USAGE}`, { cause });
  }
}

function dataDirectory(data: string | undefined, env: NodeJS.ProcessEnv): string {
  const variable = env['STRIDE_DATA_DIR'];
  const parsed = parseOptions(
    data === undefined ? [] : ['--data', data],
    variable === undefined ? {} : { STRIDE_DATA_DIR: variable },
  );
  if (parsed.kind === 'help') throw new UsageError(USAGE);
  return parsed.settings.dataDirectory;
}

function required(given: readonly string[], count: number): readonly string[] {
  if (given.length === count) return given;
  throw new UsageError(`the command takes ${count} argument${count === 1 ? '' : 's'}, not ${given.length}\n\n${USAGE}`);
}

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

async function listAgents(client: ControlClient, output: CommandOutput): Promise<void> {
  const agents = await client.call('GET', '/agents', z.array(AGENT));
  const rows = agents.map((agent) => [...describe(agent), describeAttributes(agent.attributes)]);
  printTable(['HOST', 'ZONE', 'STATUS', 'CPUS', 'MEM', 'ROLES', 'PORTS', 'ATTRIBUTES'], rows, output);
}

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

async function addAgent(
  client: ControlClient,
  [host]: readonly string[],
  values: Values,
  output: CommandOutput,
): Promise<void> {
  const { ports, zone, cpus, mem, disk, role: roles } = values;
  const attributes = Object.fromEntries((values.attribute ?? []).map((pair) => pair.split(/=(.*)/s, 2)));
  const entry = { host, ports, zone, cpus: number(cpus), mem: number(mem), disk: number(disk), roles, attributes };
  const agent = await client.call('POST', '/agents', AGENT, entry);
  output.print(describe(agent).join('  '));
}

function number(value: string | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

async function actOnAgent(
  client: ControlClient,
  verb: string,
  [host]: readonly string[],
  output: CommandOutput,
): Promise<void> {
  const agent = await client.call('POST', `/agents/${encodeURIComponent(host ?? '')}/${verb}`, AGENT);
  output.print(describe(agent).join('  '));
}

async function printLog(
  client: ControlClient,
  [taskId]: readonly string[],
  follow: boolean,
  output: CommandOutput,
): Promise<void> {
  const path = `/tasks/${encodeURIComponent(taskId ?? '')}/log?follow=${follow}`;
  const copy = async (file: string, write: (chunk: Uint8Array) => void) => {
    for await (const chunk of await client.stream(`${path}&file=${file}`)) write(chunk);
  };
  await Promise.all([copy('stdout', output.writeOut), copy('stderr', output.writeError)]);
}

const QUEUE = z.object({
  name: z.string(),
  visible: z.number(),
  inFlight: z.number(),
  delayed: z.number(),
  deadLetterQueue: z.string().optional(),
});

async function listQueues(client: ControlClient, output: CommandOutput): Promise<void> {
  const queues = await client.call('GET', '/queues', z.array(QUEUE));
  const rows = queues.map(({ name, visible, inFlight, delayed, deadLetterQueue }) =>
    [name, visible, inFlight, delayed, deadLetterQueue ?? '-'].map(String),
  );
  printTable(['QUEUE', 'WAITING', 'IN FLIGHT', 'DELAYED', 'DEAD LETTERS'], rows, output);
}

const MESSAGE = z.object({ sentAt: z.number(), receiveCount: z.number(), body: z.string() });

async function showQueue(client: ControlClient, [name]: readonly string[], output: CommandOutput): Promise<void> {
  const messages = await client.call('GET', `/queues/${encodeURIComponent(name ?? '')}/messages`, z.array(MESSAGE));
  for (const { sentAt, receiveCount, body } of messages) {
    output.print(`${new Date(sentAt).toISOString()} received ${receiveCount} times: ${body}`);
  }
}

async function putEvent(
  client: ControlClient,
  [source, detailType, detail]: readonly string[],
  output: CommandOutput,
): Promise<void> {
  const event = { source, detailType, detail: parseJson(detail ?? '') };
  const { id } = await client.call('POST', '/events', z.object({ id: z.string() }), event);
  output.print(id);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`DETAIL is not JSON: ${text}`, { cause });
  }
}

function printTable(head: readonly string[], rows: readonly (readonly string[])[], output: CommandOutput): void {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  for (const row of all)
    output.print(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
