import * as z from 'zod';
import { type Command, number, printTable } from './command.ts';

const FAULT = z.object({
  id: z.string(),
  on: z.enum(['call', 'event']),
  kind: z.string(),
  service: z.string().optional(),
  operation: z.string().optional(),
  caller: z.object({ functionName: z.string() }).optional(),
  detailType: z.string().optional(),
  source: z.string().optional(),
  ms: z.number(),
  probability: z.number(),
  times: z.number().optional(),
  seed: z.number(),
  struck: z.number(),
});

type Fault = z.infer<typeof FAULT>;

const HEAD = ['ID', 'TARGET', 'FAULT', 'MS', 'PROBABILITY', 'SEED', 'STRUCK', 'ONLY'];

/** `STRUCK` is how often, of how often it may. */
function describe(fault: Fault): string[] {
  const target = fault.on === 'event' ? 'events' : `${fault.service}:${fault.operation}`;
  const struck = fault.times === undefined ? String(fault.struck) : `${fault.struck} of ${fault.times}`;
  const only = [
    ...(fault.caller === undefined ? [] : [`caller ${fault.caller.functionName}`]),
    ...(fault.source === undefined ? [] : [`source ${fault.source}`]),
    ...(fault.detailType === undefined ? [] : [`detail-type ${fault.detailType}`]),
  ].join(', ');
  const numbers = [fault.ms === 0 ? '-' : fault.ms, fault.probability, fault.seed].map(String);
  return [fault.id, target, fault.kind, ...numbers, struck, only === '' ? '-' : only];
}

const setFault: Command = {
  takes: [2, 2],
  options: ['ms', 'probability', 'times', 'seed', 'caller', 'detail-type', 'source'],
  async run({ client, args: [target, kind], values, output }) {
    const { ms, probability, times, seed, caller, 'detail-type': detailType, source } = values;
    const numbers = { ms: number(ms), probability: number(probability), times: number(times), seed: number(seed) };
    const fault = await client.call('POST', '/faults', FAULT, { target, kind, ...numbers, caller, detailType, source });
    printTable(HEAD, [describe(fault)], output);
  },
};

const clearFaults: Command = {
  takes: [0, 1],
  options: [],
  async run({ client, args: [id], output }) {
    const path = id === undefined ? '/faults' : `/faults/${encodeURIComponent(id)}`;
    printTable(HEAD, (await client.call('DELETE', path, z.array(FAULT))).map(describe), output);
  },
};

const listFaults: Command = {
  takes: [0, 0],
  options: [],
  async run({ client, output }) {
    printTable(HEAD, (await client.call('GET', '/faults', z.array(FAULT))).map(describe), output);
  },
};

export const faultCommands: Readonly<Record<string, Command>> = {
  'fault set': setFault,
  'fault clear': clearFaults,
  'fault ls': listFaults,
};
