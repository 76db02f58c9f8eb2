import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type RestApi, startRestApi } from '../../../localstack/api-gateway/rest-api.ts';
import type { SlashMode } from '../../../localstack/api-gateway/slashes.ts';
import type { ApiModel, GatewayResponseModel, IntegrationModel } from '../../../localstack/template/cloud-model.ts';
import { aLambda } from '../lambda/a-lambda.ts';
import type { CleanUp } from '../template/an-assembly.ts';

/** Generous, for machines with a lot to do; a test goes on as soon as it can. */
const SOON = 10_000;

const BUFFERED = `
import { setTimeout as delay } from 'node:timers/promises';
export const handler = async (event) => {
  const what = event.queryStringParameters?.do;
  if (what === 'throw') throw new Error('secret');
  if (what === 'nonsense') return 'text';
  if (what === 'hang') await delay(60_000);
  if (what === 'huge') return { statusCode: 200, body: 'x'.repeat(7 * 1024 * 1024) };
  if (what === 'binary') return { statusCode: 200, headers: { 'Content-Type': 'text/plain', 'Content-Encoding': 'gzip' }, body: event.body, isBase64Encoded: true };
  if (what === 'empty') return { statusCode: 204, multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] }, headers: { 'WWW-Authenticate': 'Basic' } };
  return { statusCode: 200, body: JSON.stringify(event) };
};`;

const STREAMED = `
import { setTimeout as delay } from 'node:timers/promises';
export const handler = awslambda.streamifyResponse(async (event, stream) => {
  const what = event.queryStringParameters?.do;
  if (what === 'throw') throw new Error('secret');
  if (what === 'headless') { stream.write('x'); stream.end(); return; }
  const out = awslambda.HttpResponseStream.from(stream, { statusCode: 200, headers: { 'Content-Type': 'text/event-stream' } });
  out.write('');
  out.on('close', () => console.log('CLOSED'));
  if (what === 'silent') { await delay(60_000); return; }
  if (what === 'break') { out.write('some'); throw new Error('half-way'); }
  for (let n = 1; !out.destroyed && n < 10_000; n += 1) { out.write('data: ' + n + '\\n\\n'); await delay(10); }
});`;

interface Change {
  readonly gatewayResponses?: readonly GatewayResponseModel[];
  readonly timeoutMs?: number;
  readonly minimumCompressionSize?: number;
}

async function anApi(change: Change = {}, cleanUp: CleanUp = onTestFinished) {
  const lambda = await aLambda(
    { Buffered: BUFFERED, Streamed: STREAMED },
    {},
    { streaming: new Set(['Streamed']) },
    cleanUp,
  );
  const to = (functionName: string, streaming = false): IntegrationModel => ({
    functionName,
    streaming,
    timeoutMs: change.timeoutMs ?? 29_000,
  });
  const api: ApiModel = {
    id: 'api1',
    stage: 'marathon',
    binaryMediaTypes: ['*/*'],
    ...(change.minimumCompressionSize === undefined ? {} : { minimumCompressionSize: change.minimumCompressionSize }),
    gatewayResponses: change.gatewayResponses ?? [],
    routes: [
      { resourceId: 'root', resourcePath: '/', methods: { ANY: to('Buffered') } },
      { resourceId: 'proxy', resourcePath: '/{proxy+}', methods: { ANY: to('Buffered') } },
      { resourceId: 'events', resourcePath: '/v2/events', methods: { GET: to('Streamed', true) } },
    ],
  };
  const server = await startRestApi({ api, lambda, port: 0 });
  cleanUp(() => server.stop());
  return { ...server, lambda };
}

/** A request whose path is sent as written: fetch would tidy it up. */
function send(
  api: Pick<RestApi, 'url'>,
  path: string,
  options: { method?: string; headers?: Record<string, string | string[]>; body?: string | Buffer } = {},
) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }>((resolve, reject) => {
    const { port } = new URL(api.url);
    const request = httpRequest(
      { host: '127.0.0.1', port, path, method: options.method ?? 'GET', headers: options.headers ?? {} },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(options.body);
  });
}

const undo: (() => Promise<void>)[] = [];
let api: Awaited<ReturnType<typeof anApi>>;
beforeAll(async () => {
  api = await anApi({}, (each) => undo.unshift(each));
});
afterAll(async () => {
  for (const each of undo) await each();
});

const json = ({ body }: { readonly body: Buffer }): unknown => JSON.parse(body.toString());

test('a function gets the event of a REST proxy integration', async () => {
  const { host } = new URL(api.url);
  const answer = await send(api, '/marathon/v2/apps//a%2Fb/?x=1&x=a%20b&flag', {
    method: 'PUT',
    headers: { 'X-One': 'first', Accept: ['text/plain', 'application/json'], 'User-Agent': 'test' },
    body: '{"é":1}',
  });
  expect(answer).toMatchObject({
    status: 200,
    headers: { 'content-type': 'application/json', 'content-length': String(answer.body.length) },
  });
  const multiValueHeaders = {
    'X-One': ['first'],
    Accept: ['text/plain', 'application/json'],
    'User-Agent': ['test'],
    Host: [host],
    Connection: ['keep-alive'],
    'Content-Length': ['8'],
    'X-Forwarded-For': ['127.0.0.1'],
    'X-Forwarded-Proto': ['http'],
    'X-Forwarded-Port': [host.split(':')[1]],
  };
  expect(json(answer)).toEqual({
    resource: '/{proxy+}',
    path: '/v2/apps//a%2Fb/',
    httpMethod: 'PUT',
    headers: Object.fromEntries(Object.entries(multiValueHeaders).map(([name, values]) => [name, values.at(-1)])),
    multiValueHeaders,
    queryStringParameters: { x: 'a b', flag: '' },
    multiValueQueryStringParameters: { x: ['1', 'a b'], flag: [''] },
    pathParameters: { proxy: 'v2/apps//a%2Fb/' },
    stageVariables: null,
    requestContext: {
      resourceId: 'proxy',
      resourcePath: '/{proxy+}',
      httpMethod: 'PUT',
      path: '/marathon/v2/apps//a%2Fb/',
      stage: 'marathon',
      apiId: 'api1',
      accountId: '000000000000',
      protocol: 'HTTP/1.1',
      domainName: host,
      domainPrefix: '127',
      requestId: answer.headers['x-amzn-requestid'],
      extendedRequestId: expect.any(String),
      requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      requestTimeEpoch: expect.any(Number),
      identity: { sourceIp: '127.0.0.1', userAgent: 'test' },
    },
    body: Buffer.from('{"é":1}').toString('base64'),
    isBase64Encoded: true,
  });
});

test.each([
  ['/', '/', null],
  ['/marathon', '/', null],
  ['/marathon/', '/', null],
  ['/marathonic', '/marathonic', null],
  ['/v2/apps', '/v2/apps', null],
  ['http://elsewhere/v2/apps?a=1', '/v2/apps', { a: '1' }],
])('%s is path %s for the function', async (sent, path, queryStringParameters) => {
  expect(json(await send(api, sent))).toMatchObject({
    path,
    queryStringParameters,
    body: null,
    isBase64Encoded: false,
  });
});

test('answers: several values of a header, no body, a renamed challenge, bytes', async () => {
  const empty = await send(api, '/?do=empty');
  expect(empty).toMatchObject({ status: 204, body: Buffer.alloc(0) });
  expect(empty.headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], 'x-amzn-remapped-www-authenticate': 'Basic' });
  const bytes = gzipSync('packed');
  const binary = await send(api, '/?do=binary', { method: 'POST', body: bytes });
  expect(binary.headers).toMatchObject({ 'content-type': 'text/plain', 'content-encoding': 'gzip' });
  expect(gunzipSync(binary.body).toString()).toBe('packed');
});

test('answers of a size are packed for clients that accept it, and packed bodies unpacked', async () => {
  const packing = await anApi({ minimumCompressionSize: 200 });
  const to = (acceptEncoding: string, path = '/ping', extra = {}) =>
    send(packing, path, { headers: { 'accept-encoding': acceptEncoding }, ...extra });
  const isPing = (body: Buffer) => expect(JSON.parse(body.toString())).toMatchObject({ path: '/ping' });

  const gzipped = await to('br, gzip;q=0.5, deflate');
  expect(gzipped.headers['content-encoding']).toBe('gzip');
  expect(gzipped.headers['content-length']).toBe(String(gzipped.body.length));
  isPing(gunzipSync(gzipped.body));
  const deflated = await to('gzip;q=0, deflate');
  expect(deflated.headers['content-encoding']).toBe('deflate');
  isPing(inflateSync(deflated.body));
  for (const accepted of ['', 'identity', 'br', 'gzip;q=0']) {
    const plain = await to(accepted);
    expect(plain.headers).not.toHaveProperty('content-encoding');
    isPing(plain.body);
  }
  const small = await to('gzip', '/?do=empty');
  expect(small.headers).not.toHaveProperty('content-encoding');
  const own = await to('gzip', '/?do=binary', { method: 'POST', body: gzipSync('x'.repeat(300)) });
  expect(gunzipSync(own.body).toString()).toBe('x'.repeat(300));

  const body = gzipSync('{"id":"/a"}');
  const sent = (bytes: Buffer) =>
    send(packing, '/ping', { method: 'POST', headers: { 'content-encoding': 'gzip' }, body: bytes });
  const { body: unpacked } = JSON.parse((await sent(body)).body.toString()) as { body: string };
  expect(Buffer.from(unpacked, 'base64').toString()).toBe('{"id":"/a"}');
  expect(await sent(Buffer.from('junk'))).toMatchObject({ status: 400 });
  expect(await sent(gzipSync(Buffer.alloc(11 * 1024 * 1024)))).toMatchObject({ status: 400 });
});

test('HEAD has the headers of the answer and no body', async () => {
  const answer = await send(api, '/ping', { method: 'HEAD' });
  expect(answer).toMatchObject({ status: 200, body: Buffer.alloc(0) });
  expect(Number(answer.headers['content-length'])).toBeGreaterThan(100);
});

test.each([
  ['a function that throws', '/?do=throw'],
  ['a result that is no answer', '/?do=nonsense'],
  ['an answer over 6 MB', '/?do=huge'],
  ['a stream that throws before its head', '/v2/events?do=throw'],
  ['a stream without a head', '/v2/events?do=headless'],
])('%s is 502, and tells nothing of the inside', async (_name, path) => {
  const answer = await send(api, path);
  expect(answer.status).toBe(502);
  expect(json(answer)).toEqual({ message: 'Internal server error' });
});

test('a function over the integration’s time-out is 504, and the API goes on', async () => {
  const api = await anApi({ timeoutMs: 3_000 });
  await send(api, '/ping');
  const answer = await send(api, '/?do=hang');
  expect(answer.status).toBe(504);
  expect(json(answer)).toEqual({ message: 'Endpoint request timed out after 3 seconds' });
  expect((await send(api, '/ping')).status).toBe(200);
});

test.each([
  [
    '10 MB, API Gateway’s limit',
    10 * 1024 * 1024 + 1,
    "Request body is over API Gateway's limit of 10485760 bytes (10 MB)",
  ],
  [
    '6 MB as an event, Lambda’s limit',
    5 * 1024 * 1024,
    expect.stringMatching(/^The request makes an event of \d+ bytes, over Lambda's limit of 6291456 bytes \(6 MB\)$/),
  ],
])('a body over %s is 413 with the limit, and the API goes on', async (_name, size, message) => {
  const answer = await send(api, '/v2/apps', { method: 'POST', body: Buffer.alloc(size, 'x') });
  expect(answer.status).toBe(413);
  expect(json(answer)).toEqual({ message });
  expect((await send(api, '/ping')).status).toBe(200);
});

test.each<[string, number, string, Record<string, string>]>([
  ['long headers', 431, '/ping', { long: 'x'.repeat(10_240) }],
  ['a long request line', 431, `/ping?long=${'x'.repeat(10_240)}`, {}],
  ['both together', 431, `/ping?long=${'x'.repeat(5_200)}`, { long: 'x'.repeat(5_200) }],
  ['nearly as much', 200, `/ping?long=${'x'.repeat(4_900)}`, { long: 'x'.repeat(4_900) }],
])('request line and headers have 10,240 bytes together: %s', async (_name, status, path, headers) => {
  const answer = await send(api, path, { headers });
  expect(answer.status).toBe(status);
  if (status === 200) return;
  expect(json(answer)).toEqual({ message: "Request line and headers are over API Gateway's limit of 10240 bytes" });
});

test('a request that is no HTTP is 400, as JSON', async () => {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nno header at all\r\n\r\n');
  const answer = await text(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/json\r\n/);
  expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toEqual({
    message: expect.stringMatching(/^Malformed HTTP request: /),
  });
});

test.each<[SlashMode, string]>([
  ['kept', '/v2/apps//a%2Fb/'],
  ['collapsed', '/v2/apps/a%2Fb/'],
  ['decoded', '/v2/apps//a/b/'],
])('slashes %s: what the function sees of path and parameter', async (mode, path) => {
  onTestFinished(() => {
    api.slashes.mode = 'kept';
  });
  api.slashes.mode = mode;
  expect(json(await send(api, '/marathon/v2/apps//a%2Fb/?x=%2F%2F//'))).toMatchObject({
    path,
    pathParameters: { proxy: path.slice(1) },
    queryStringParameters: { x: '////' },
    requestContext: { path: `/marathon${path}` },
  });
});

test('a method that the resource lacks is refused as API Gateway does', async () => {
  const answer = await send(api, '/v2/events', { method: 'POST' });
  expect(answer.status).toBe(403);
  expect(json(answer)).toEqual({ message: 'Missing Authentication Token' });
});

test('the template’s gateway responses shape refusals: the own type first, else the general one', async () => {
  const general = (responseType: string): GatewayResponseModel => ({
    responseType,
    status: undefined,
    headers: { 'x-general': 'yes' },
    template: '{"message":$context.error.messageString,"type":"$context.error.responseType"}',
  });
  const api = await anApi({
    gatewayResponses: [
      general('DEFAULT_4XX'),
      general('DEFAULT_5XX'),
      {
        responseType: 'MISSING_AUTHENTICATION_TOKEN',
        status: 404,
        headers: {},
        template: '{"own":"$context.error.message"}',
      },
    ],
  });
  const missing = await send(api, '/v2/events', { method: 'POST' });
  expect([missing.status, json(missing)]).toEqual([404, { own: 'Missing Authentication Token' }]);
  const failed = await send(api, '/?do=throw');
  expect([failed.status, failed.headers['x-general'], json(failed)]).toEqual([
    502,
    'yes',
    { message: 'Internal server error', type: 'DEFAULT_5XX' },
  ]);
});

test('a stream’s head and chunks reach the client as they are written, and the function notices its end', async () => {
  const client = new AbortController();
  const response = await fetch(`${api.url}/marathon/v2/events`, { signal: client.signal });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.includes('data: 3')) break;
  }
  expect(text).toMatch(/^data: 1\n\ndata: 2\n\ndata: 3\n\n/);
  client.abort();
  await vi.waitFor(async () => expect(await api.lambda.log('Streamed')).toMatch(/CLOSED/), SOON);
});

test('a silent stream has sent its head', async () => {
  const client = new AbortController();
  const response = await fetch(`${api.url}/v2/events?do=silent`, { signal: client.signal });
  expect(response.status).toBe(200);
  client.abort();
});

test('a stream that fails half-way is cut off, so that the client does not take it for whole', async () => {
  const response = await fetch(`${api.url}/v2/events?do=break`);
  await expect(response.text()).rejects.toThrow();
});

test('a stop ends streams and takes no more requests', async () => {
  const api = await anApi();
  const response = await fetch(`${api.url}/v2/events`);
  const read = response.text();
  await api.stop();
  expect(await read).toMatch(/^data: 1\n/);
  await expect(fetch(api.url)).rejects.toThrow();
});
