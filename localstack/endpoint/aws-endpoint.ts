import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ConnectionCut } from '../faults/under-faults.ts';
import { AwsError, type AwsService } from './aws-service.ts';
import { ec2QueryProtocol } from './ec2-query-protocol.ts';
import { jsonProtocol } from './json-protocol.ts';
import { restJsonProtocol } from './rest-json-protocol.ts';
import type { WireAnswer, WireProtocol } from './wire-protocol.ts';

export interface AwsEndpoint {
  /** Base URL, `http://127.0.0.1:PORT`: each service is at `<base>/<its name>`, the value of `AWS_ENDPOINT_URL_…`. */
  listen(): Promise<string>;
  /** Ends open connections too. */
  close(): Promise<void>;
}

function protocolOf(service: AwsService): WireProtocol {
  switch (service.protocol) {
    case 'json1.1':
      return jsonProtocol;
    case 'ec2Query':
      return ec2QueryProtocol;
    case 'restJson1':
      return restJsonProtocol(service.routes);
  }
}

/** EventBridge takes the largest requests of the services here: under 1 MB a call. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** SDK clients keep idle connections; closing one under them turns their next call into ECONNRESET. */
const KEEP_ALIVE_MS = 120_000;

/** The AWS services of the local cloud on one loopback port, in AWS's wire protocols. */
export function createAwsEndpoint(services: readonly AwsService[]): AwsEndpoint {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    answer(services, request).then(
      (result) => send(response, result),
      (error: unknown) => {
        if (!(error instanceof ConnectionCut)) console.error(`AWS endpoint: ${request.method} ${request.url}`, error);
        response.destroy();
      },
    );
  });
  return {
    async listen() {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('the AWS endpoint got no TCP port');
      return `http://127.0.0.1:${address.port}`;
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(services: readonly AwsService[], request: IncomingMessage): Promise<WireAnswer> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const name = url.pathname.split('/')[1] ?? '';
  const service = services.find((candidate) => candidate.name === name);
  if (service === undefined) {
    const served = services.map((each) => `/${each.name}`).join(', ');
    return { status: 404, contentType: 'text/plain', body: `no AWS service at ${request.url}; served are ${served}\n` };
  }
  const protocol = protocolOf(service);
  const requestId = randomUUID();
  try {
    const { method = '', headers } = request;
    const path = url.pathname.slice(name.length + 1);
    const body = await readBody(request);
    const { operation, input } = protocol.decode({ method, path, query: url.searchParams, headers, body });
    const result = await service.call({ operation, input, accessKeyId: accessKeyOf(request) });
    return withRequestId(protocol.encodeAnswer(operation, result, requestId), requestId);
  } catch (error) {
    if (error instanceof ConnectionCut) throw error;
    return withRequestId(protocol.encodeError(toAwsError(error, service), requestId), requestId);
  }
}

function withRequestId(answer: WireAnswer, requestId: string): WireAnswer {
  return { ...answer, headers: { ...answer.headers, 'x-amzn-requestid': requestId } };
}

function toAwsError(error: unknown, service: AwsService): AwsError {
  if (error instanceof AwsError) return error;
  console.error(`AWS endpoint: a defect in ${service.name}`, error);
  return new AwsError('InternalFailure', `${service.name} of the local cloud failed: ${String(error)}`, 500);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) {
      throw new AwsError('RequestEntityTooLarge', `the body is over the endpoint's ${MAX_BODY_BYTES} bytes`, 413);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function accessKeyOf(request: IncomingMessage): string {
  const accessKeyId = /Credential=([^/,\s]+)\//.exec(request.headers.authorization ?? '')?.[1];
  if (accessKeyId === undefined) {
    throw new AwsError('MissingAuthenticationToken', 'the request is not signed: give the client any credentials', 403);
  }
  return accessKeyId;
}

function send(response: ServerResponse, { status, contentType, headers, body }: WireAnswer): void {
  response.writeHead(status, {
    ...headers,
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
