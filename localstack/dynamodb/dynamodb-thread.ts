/** The thread of the local DynamoDB: HTTP, dynalite, streams and time to live, apart from the thread that runs all else. */
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { createFaultTable } from '../faults/fault-table.ts';
import { underFaults } from '../faults/under-faults.ts';
import { createHttpFront } from './http-front.ts';
import { openLocalTables } from './local-tables.ts';
import type { ThreadAnswer, ThreadEnvelope, ThreadMessage, ThreadOptions, ThreadRequest } from './thread-protocol.ts';

const EXPIRE_EVERY_MS = 3_000;
const TRIM_EVERY_MS = 10 * 60_000;

if (parentPort === null) throw new Error('dynamodb-thread.ts runs as a worker thread only: use startDynamoDb');
const port = parentPort;
const options: ThreadOptions = workerData;
const tell = (message: ThreadMessage) => port.postMessage(message);

const tables = await openLocalTables({ ...options, onRecorded: (grown) => tell({ kind: 'recorded', tables: grown }) });
await tables.trim(Date.now());

const faults = createFaultTable();
const server = createHttpFront((call, input) => {
  if (options.recordCalls) tell({ kind: 'call', call });
  const decision = faults.onCall({ ...call, service: 'dynamodb', canLag: false });
  return underFaults(decision, 'dynamodb', () => tables.execute(call.operation, input));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

let housekeeping: Promise<unknown> = Promise.resolve();
const timers = [
  setInterval(() => enqueue(() => tables.expire(Date.now())).catch(fail), EXPIRE_EVERY_MS),
  setInterval(() => enqueue(() => tables.trim(Date.now())).catch(fail), TRIM_EVERY_MS),
];

/** One background job at a time, so that closing waits for the last only. */
function enqueue<T>(job: () => Promise<T>): Promise<T> {
  const result = housekeeping.then(job);
  housekeeping = Promise.allSettled([result]);
  return result;
}

/** Ends the thread with an error that nobody waits for; the main thread hears of it. */
function fail(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

async function serve(request: ThreadRequest): Promise<ThreadAnswer> {
  switch (request.kind) {
    case 'openConsumer':
      await tables.log.openConsumer(request.table, request.consumer, request.position);
      return {};
    case 'read':
      return { records: await tables.log.read(request.table, request.consumer, request.max) };
    case 'checkpoint':
      await tables.log.checkpoint(request.table, request.consumer, request.sequence);
      return {};
    case 'expire':
      return { deleted: await enqueue(() => tables.expire(Date.now())) };
    case 'faults':
      return { faults: faults.change(request.change) };
    case 'close':
      await close();
      return {};
  }
}

async function close(): Promise<void> {
  for (const timer of timers) clearInterval(timer);
  server.close();
  server.closeAllConnections();
  await housekeeping;
  await tables.close();
}

port.on('message', async ({ id, request }: ThreadEnvelope) => {
  try {
    tell({ kind: 'answer', id, answer: await serve(request) });
  } catch (cause) {
    tell({ kind: 'refusal', id, error: cause instanceof Error ? cause : new Error(String(cause)) });
  }
  if (request.kind === 'close') port.close();
});

const address = server.address();
if (address === null || typeof address === 'string') throw new Error('the local DynamoDB has no port');
tell({ kind: 'ready', url: `http://127.0.0.1:${address.port}` });
