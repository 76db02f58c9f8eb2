import * as z from 'zod';
import { type Command, printTable, UsageError } from './command.ts';

const QUEUE = z.object({
  name: z.string(),
  visible: z.number(),
  inFlight: z.number(),
  delayed: z.number(),
  deadLetterQueue: z.string().optional(),
});

const listQueues: Command = {
  takes: [0, 0],
  options: [],
  async run({ client, output }) {
    const queues = await client.call('GET', '/queues', z.array(QUEUE));
    const rows = queues.map(({ name, visible, inFlight, delayed, deadLetterQueue }) =>
      [name, visible, inFlight, delayed, deadLetterQueue ?? '-'].map(String),
    );
    printTable(['QUEUE', 'WAITING', 'IN FLIGHT', 'DELAYED', 'DEAD LETTERS'], rows, output);
  },
};

const MESSAGE = z.object({ sentAt: z.number(), receiveCount: z.number(), body: z.string() });

const showQueue: Command = {
  takes: [1, 1],
  options: [],
  async run({ client, args: [name = ''], output }) {
    const messages = await client.call('GET', `/queues/${encodeURIComponent(name)}/messages`, z.array(MESSAGE));
    for (const { sentAt, receiveCount, body } of messages) {
      output.print(`${new Date(sentAt).toISOString()} received ${receiveCount} times: ${body}`);
    }
  },
};

const putEvent: Command = {
  takes: [3, 3],
  options: [],
  async run({ client, args: [source, detailType, detail = ''], output }) {
    const event = { source, detailType, detail: parseJson(detail) };
    const { id } = await client.call('POST', '/events', z.object({ id: z.string() }), event);
    output.print(id);
  },
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`DETAIL is not JSON: ${text}`, { cause });
  }
}

export const queueCommands: Readonly<Record<string, Command>> = {
  'queue ls': listQueues,
  'queue show': showQueue,
  'event put': putEvent,
};
