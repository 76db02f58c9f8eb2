import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { InvokeOutcome } from '../lambda/function-worker.ts';
import type { LambdaService } from '../lambda/lambda-service.ts';
import type { ApiModel } from '../template/cloud-model.ts';
import { compressBody, decompressBody } from './compression.ts';
import { FUNCTION_FAILED, type GatewayErrorType, renderGatewayResponse } from './gateway-responses.ts';
import { type ProxyRequest, toProxyEvent } from './proxy-event.ts';
import { type HttpAnswer, toHttpAnswer } from './proxy-response.ts';
import { BODY_LIMIT, readBody } from './request-body.ts';
import { createRouteTable, type RouteMatch } from './route-table.ts';
import { type SlashMode, treatSlashes } from './slashes.ts';
import { streamAnswer } from './stream-answer.ts';

export interface RestApi {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** May be changed while it serves. */
  readonly slashes: { mode: SlashMode };
  /** Takes no more requests, gives those under way a moment, then cuts them off. */
  stop(): Promise<void>;
}

export interface RestApiOptions {
  readonly api: ApiModel;
  readonly lambda: LambdaService;
  /** 0: any free port. */
  readonly port: number;
}

/** Lambda's limit for an event and for an answer (aws.md §4.3). */
const PAYLOAD_LIMIT = 6 * 1024 * 1024;
/** API Gateway's limit for request line and headers (aws.md §4.5). */
const HEADER_LIMIT = 10_240;
const STOP_GRACE_MS = 1_000;

/** Serves a REST API on loopback, at `/` and under the name of its stage. Rejects when the port cannot be had. */
export async function startRestApi({ api, lambda, port }: RestApiOptions): Promise<RestApi> {
  const route = createRouteTable(api.routes);
  const stopping = new AbortController();
  const slashes: RestApi['slashes'] = { mode: 'kept' };
  const server = createServer({ maxHeaderSize: HEADER_LIMIT }, (request, response) => {
    const requestId = randomUUID();
    const fail = (type: GatewayErrorType, message: string) => {
      if (response.headersSent) return void response.destroy();
      const { status, headers, body } = renderGatewayResponse(api.gatewayResponses, { type, message, requestId });
      response.writeHead(status, { ...headers, 'x-amzn-requestid': requestId }).end(body);
    };
    serve({ api, lambda, route, slashes, stopping: stopping.signal, request, response, requestId, fail }).catch(() => {
      response.destroy();
    });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
    const message = tooLarge
      ? `Request line and headers are over API Gateway's limit of ${HEADER_LIMIT} bytes`
      : `Malformed HTTP request: ${error.message}`;
    const status = tooLarge ? '431 Request Header Fields Too Large' : '400 Bad Request';
    const body = JSON.stringify({ message });
    if (socket.writable) {
      socket.end(
        `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
    }
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    slashes,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      stopping.abort();
      const cut = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS);
      await closed;
      clearTimeout(cut);
    },
  };
}

interface Exchange {
  readonly api: ApiModel;
  readonly lambda: LambdaService;
  readonly route: ReturnType<typeof createRouteTable>;
  readonly slashes: RestApi['slashes'];
  readonly stopping: AbortSignal;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  fail(type: GatewayErrorType, message: string): void;
}

async function serve(exchange: Exchange): Promise<void> {
  const { api, route, request, fail } = exchange;
  const method = request.method ?? 'GET';
  const { rawPath, path, query } = splitUrl(request.url ?? '/', api.stage, exchange.slashes.mode);
  const match = route(method, path);
  const body = await readBody(request);
  if (match === undefined) return fail('MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token');
  if (body === 'too-large') {
    return fail('REQUEST_TOO_LARGE', `Request body is over API Gateway's limit of ${BODY_LIMIT} bytes (10 MB)`);
  }
  const packed = api.minimumCompressionSize === undefined ? '' : (request.headers['content-encoding'] ?? '');
  const plain = await decompressBody(body, packed, BODY_LIMIT);
  if (plain === undefined) return fail('BAD_REQUEST_BODY', `The body is no ${packed}, or is over 10 MB once unpacked`);
  const proxied: ProxyRequest = {
    method,
    rawPath,
    path,
    query,
    rawHeaders: request.rawHeaders,
    body: plain,
    sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
    requestId: exchange.requestId,
    receivedAt: new Date(),
  };
  const event = toProxyEvent(proxied, match, api);
  const size = body.length > PAYLOAD_LIMIT / 2 ? Buffer.byteLength(JSON.stringify(event)) : 0;
  if (size > PAYLOAD_LIMIT) {
    const message = `The request makes an event of ${size} bytes, over Lambda's limit of ${PAYLOAD_LIMIT} bytes (6 MB)`;
    return fail('REQUEST_TOO_LARGE', message);
  }
  if (match.integration.streaming) await streamAnswer({ ...exchange, match, event });
  else await bufferAnswer(exchange, match, event);
}

async function bufferAnswer(exchange: Exchange, match: RouteMatch, event: unknown): Promise<void> {
  const { api, lambda, request, response, requestId, fail } = exchange;
  const { functionName, timeoutMs } = match.integration;
  const timeout = Promise.withResolvers<'timeout'>();
  const timer = setTimeout(() => timeout.resolve('timeout'), timeoutMs);
  const outcome = await Promise.race([lambda.invoke(functionName, event), timeout.promise]);
  clearTimeout(timer);
  if (outcome === 'timeout') {
    return fail('INTEGRATION_TIMEOUT', `Endpoint request timed out after ${timeoutMs / 1000} seconds`);
  }
  const answer = answerOf(outcome, { accept: request.headers.accept ?? '*/*', binaryMediaTypes: api.binaryMediaTypes });
  if (answer === undefined) return fail('DEFAULT_5XX', FUNCTION_FAILED);
  const bodiless = answer.status === 204 || answer.status === 304;
  const accepted = String(request.headers['accept-encoding'] ?? '');
  const { body, coding } = await compressBody(answer.body, answer.headers, accepted, api.minimumCompressionSize);
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(coding === undefined ? {} : { 'content-encoding': coding }),
    ...(bodiless ? {} : { 'content-length': body.length }),
    'x-amzn-requestid': requestId,
  });
  response.end(body);
}

function answerOf(outcome: InvokeOutcome, request: Parameters<typeof toHttpAnswer>[1]): HttpAnswer | undefined {
  if (!outcome.ok || Buffer.byteLength(outcome.result) > PAYLOAD_LIMIT) return undefined;
  return toHttpAnswer(outcome.result, request);
}

function splitUrl(url: string, stage: string, slashes: SlashMode) {
  const target = /^https?:\/\/[^/?]*(.*)$/.exec(url)?.[1] ?? url;
  const mark = target.indexOf('?');
  const rawPath = treatSlashes((mark === -1 ? target : target.slice(0, mark)) || '/', slashes);
  const prefix = `/${stage}`;
  const staged = rawPath === prefix || rawPath.startsWith(`${prefix}/`);
  const path = staged ? rawPath.slice(prefix.length) || '/' : rawPath;
  return { rawPath, path, query: mark === -1 ? '' : target.slice(mark + 1) };
}
