import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What becomes of one request: `lost answer` and `error after` are carried out, the others but `sound` are not. */
export type Fault = 'sound' | 'lost request' | 'lost answer' | 'throttled' | 'error before' | 'error after';

export interface FaultyProxy {
  readonly url: string;
  /** How many requests came in since the faults were set. */
  requests(): number;
  /** The faults of the next requests, in order; those after them are sound. */
  set(faults: readonly Fault[]): void;
  close(): Promise<void>;
}

/** Stands between a client and the local DynamoDB and breaks requests on demand. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  let faults: Fault[] = [];
  let requests = 0;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests += 1;
    const fault = faults.shift() ?? 'sound';
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (fault === 'lost request') return void request.socket.destroy();
    if (fault === 'throttled') return refuse(response, 400, 'ProvisionedThroughputExceededException');
    if (fault === 'error before') return refuse(response, 500, 'InternalServerError');
    const headers = new Headers();
    for (const name of ['content-type', 'authorization', 'x-amz-target', 'x-amz-date']) {
      headers.set(name, String(request.headers[name]));
    }
    const answer = await fetch(target, { method: 'POST', headers, body: Buffer.concat(chunks) });
    const body = await answer.text();
    if (fault === 'lost answer') return void request.socket.destroy();
    if (fault === 'error after') return refuse(response, 503, 'ServiceUnavailable');
    response.writeHead(answer.status, { 'Content-Type': 'application/x-amz-json-1.0' }).end(body);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(new Error('proxy', { cause: error })));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests: () => requests,
    set: (next) => {
      faults = [...next];
      requests = 0;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message: 'on demand' }));
}
