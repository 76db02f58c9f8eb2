import type { APIGatewayProxyEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { mediaTypeFor } from '../../../functions/api/media-types.ts';
import { toApiRequest, toProxyResult } from '../../../functions/api/proxy-event.ts';
import { flag, queryOf, text, texts } from '../../../functions/api/query.ts';
import { readBody } from '../../../functions/api/read-body.ts';
import { defineRoute, type Route } from '../../../functions/api/route.ts';
import { corsHeaders } from '../../../functions/runtime/cors.ts';
import { AppError, toErrorBody } from '../../../lib/errors/app-error.ts';
import { aRequest } from './a-request.ts';

/** What is thrown, as a client sees it. */
function refusalOf(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { status: error.status, ...toErrorBody(error) };
  }
}

describe('query parameters', () => {
  const read = queryOf({ force: flag(false, ''), deleted: flag(true, ''), id: text(''), embed: texts('') });
  const ofQuery = (query: Readonly<Record<string, string | readonly string[]>>) => read(aRequest({ query }).query);
  const ABSENT = { force: false, deleted: true, id: undefined, embed: [] };

  it.for<readonly [Readonly<Record<string, string | readonly string[]>>, object]>([
    [{}, {}],
    [{ force: 'true' }, { force: true }],
    [{ force: 'True' }, { force: true }],
    [
      { force: 'TRUE', deleted: 'False' },
      { force: true, deleted: false },
    ],
    [{ force: 'yes', deleted: '1' }, { deleted: false }],
    [{ force: '', deleted: '' }, {}],
    [{ force: ['true', 'false'] }, { force: true }],
    [
      { id: ['a', 'b'], embed: ['a,b', 'c'] },
      { id: 'a', embed: ['a,b', 'c'] },
    ],
    [{ id: '' }, { id: '' }],
    [{ other: 'true', ['__proto__']: 'x', constructor: 'y' }, {}],
  ])('%j', ([query, expected]) => {
    expect(ofQuery(query)).toEqual({ ...ABSENT, ...expected });
  });
});

describe('bodies', () => {
  it('are JSON of any kind', () => {
    expect(readBody(aRequest({ body: ' {"a": [1, null]} ' }))).toEqual({ a: [1, null] });
    expect(readBody(aRequest({ body: 'null' }))).toBeNull();
  });

  it.for(['', ' \n\t'])('cannot be empty: "%s"', (body) => {
    expect(refusalOf(() => readBody(aRequest({ body })))).toEqual({
      status: 400,
      message: 'Please specify data in JSON format',
      details: 'No content to map due to end-of-input\n at [Source: (String)""; line: 1, column: 0]',
    });
  });

  it.for(['{', '{"a":}', 'cmd=sleep', "{'a': 1}"])('must be JSON: %s', (body) => {
    expect(refusalOf(() => readBody(aRequest({ body })))).toEqual({
      status: 400,
      message: 'Invalid JSON',
      details: expect.any(String),
    });
  });
});

describe('media types (api-endpoints.md §1.1)', () => {
  const routeOf = (facts: Partial<Route>): Route => ({
    ...defineRoute({ name: '', method: 'GET', path: '/', summary: '', answers: {}, handler: () => ({ status: 200 }) }),
    ...facts,
  });
  const PLAIN = routeOf({});
  const ANY = routeOf({ consumes: 'any' });
  const PING = routeOf({ produces: ['text/plain', 'text/html', 'application/json'], unacceptable: { status: 204 } });
  const LIST = routeOf({ produces: ['application/json', 'text/plain'] });
  const FORM = routeOf({ consumes: ['multipart/form-data'] });
  const JSON_TYPE = 'application/json';
  const NOT_ACCEPTABLE = { status: 406, message: 'Not Acceptable' };
  const UNSUPPORTED = { status: 415, message: 'Unsupported Media Type' };

  it.for<readonly [string, Readonly<Record<string, string>>, Route, unknown]>([
    ['none', {}, PLAIN, JSON_TYPE],
    ['JSON', { 'content-type': 'application/json' }, PLAIN, JSON_TYPE],
    ['JSON with a charset', { 'content-type': 'Application/JSON; charset=UTF-8' }, PLAIN, JSON_TYPE],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, PLAIN, UNSUPPORTED],
    ['text', { 'content-type': 'text/plain' }, PLAIN, UNSUPPORTED],
    ['no media type at all', { 'content-type': 'json' }, PLAIN, UNSUPPORTED],
    ['text where nobody looks', { 'content-type': 'text/plain' }, ANY, JSON_TYPE],
    ['JSON where a form is taken', { 'content-type': 'application/json' }, FORM, UNSUPPORTED],
    ['a form where it is taken', { 'content-type': 'multipart/form-data; boundary=x' }, FORM, JSON_TYPE],
    ['anything wanted', { accept: '*/*' }, PLAIN, JSON_TYPE],
    ['JSON wanted', { accept: 'application/json' }, PLAIN, JSON_TYPE],
    ['any application type wanted', { accept: 'application/*' }, PLAIN, JSON_TYPE],
    ['JSON among others', { accept: 'text/html, application/json;q=0.9' }, PLAIN, JSON_TYPE],
    ['a browser', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }, PLAIN, JSON_TYPE],
    ['an empty wish', { accept: '' }, PLAIN, JSON_TYPE],
    ['only text wanted', { accept: 'text/plain' }, PLAIN, NOT_ACCEPTABLE],
    ['no media type wanted', { accept: 'json' }, PLAIN, NOT_ACCEPTABLE],
    ['JSON never wanted', { accept: 'application/json;q=0, */*;q=0.5' }, PLAIN, NOT_ACCEPTABLE],
    ['anything of ping', { accept: '*/*' }, PING, 'text/plain'],
    ['HTML of ping', { accept: 'text/html' }, PING, 'text/html'],
    ['JSON of ping', { accept: 'application/json' }, PING, JSON_TYPE],
    ['an image of ping', { accept: 'image/png' }, PING, undefined],
    ['anything of a list', { accept: '*/*' }, LIST, JSON_TYPE],
    ['text of a list', { accept: 'text/plain' }, LIST, 'text/plain'],
    ['rather text of a list', { accept: 'application/json;q=0.5, text/*' }, LIST, 'text/plain'],
    ['as soon text of a list', { accept: 'text/plain, application/json' }, LIST, JSON_TYPE],
  ])('%s', ([, headers, to, expected]) => {
    let chosen: unknown;
    const refusal = refusalOf(() => {
      chosen = mediaTypeFor(aRequest({ headers }), to);
    });
    expect(refusal ?? chosen).toEqual(expected);
  });
});

describe('the gateway’s events', () => {
  const event = {
    httpMethod: 'post',
    path: '/v2/apps//web',
    multiValueQueryStringParameters: { embed: ['a', 'b'], force: ['true'] },
    headers: { 'Content-Type': 'application/json', Host: 'api.test:8080', 'X-Forwarded-Proto': 'https' },
    body: '{"cmd":"ä"}',
    isBase64Encoded: false,
    requestContext: { requestId: 'r1', identity: { sourceIp: '10.0.4.17' } },
  } as unknown as APIGatewayProxyEvent;

  it('become requests without anything of a gateway', () => {
    expect(toApiRequest(event)).toEqual({
      method: 'POST',
      path: '/v2/apps//web',
      query: new Map([
        ['embed', ['a', 'b']],
        ['force', ['true']],
      ]),
      headers: new Map([
        ['content-type', 'application/json'],
        ['host', 'api.test:8080'],
        ['x-forwarded-proto', 'https'],
      ]),
      body: '{"cmd":"ä"}',
      clientIp: '10.0.4.17',
      requestId: 'r1',
    });
  });

  it.for([
    ['/marathon/v2/apps', '/v2/apps'],
    ['/marathon', '/'],
    ['/marathon/', '/'],
    ['/marathonic/v2', '/marathonic/v2'],
    ['/v2/apps/marathon', '/v2/apps/marathon'],
  ])('lose the base path: %s', ([path, is]) => {
    expect(toApiRequest({ ...event, path: path ?? '' }).path).toBe(is);
  });

  it('may carry the body in base 64, or none, or no headers and query', () => {
    const encoded = Buffer.from('{"cmd":"ä"}').toString('base64');
    expect(toApiRequest({ ...event, body: encoded, isBase64Encoded: true })).toMatchObject({
      body: '{"cmd":"ä"}',
      binaryBody: Buffer.from('{"cmd":"ä"}'),
    });
    const bare = {
      ...event,
      body: null,
      headers: null,
      multiValueQueryStringParameters: null,
    } as unknown as typeof event;
    expect(toApiRequest(bare)).toMatchObject({ body: '', headers: new Map(), query: new Map() });
  });

  const common = {
    'X-Frame-Options': 'DENY',
    'X-XSS-Protection': '1; mode=block',
    'Cache-Control': 'no-cache, no-store, must-revalidate',
    Pragma: 'no-cache',
    Expires: '0',
    'X-Marathon-Leader': 'https://api.test:8080',
  };
  it.for([
    {
      what: 'JSON',
      response: { status: 201, json: { a: 1 }, headers: { Location: '/a' } },
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Location: '/a' },
      body: '{"a":1}',
    },
    {
      what: 'text',
      response: { status: 200, text: 'pong' },
      method: 'GET',
      headers: { 'Content-Type': 'text/plain' },
      body: 'pong',
    },
    { what: 'nothing', response: { status: 204 }, method: 'GET', headers: {}, body: '' },
    {
      what: 'bytes',
      response: { status: 200, binary: new Uint8Array([0, 255]) },
      method: 'GET',
      headers: { 'Content-Type': 'application/octet-stream' },
      body: 'AP8=',
    },
    {
      what: 'the head of bytes',
      response: { status: 200, binary: new Uint8Array([0, 255]) },
      method: 'HEAD',
      headers: { 'Content-Type': 'application/octet-stream' },
      body: '',
    },
    {
      what: 'the head alone',
      response: { status: 200, json: [] },
      method: 'HEAD',
      headers: { 'Content-Type': 'application/json' },
      body: '',
    },
  ])('are answered with $what', ({ response, method, headers, body }) => {
    expect(toProxyResult({ ...toApiRequest(event), method }, response, [])).toEqual({
      statusCode: response.status,
      headers: { ...common, ...headers },
      body,
      isBase64Encoded: body === 'AP8=',
    });
  });
});

describe('pages of other origins (api-endpoints.md §1.1)', () => {
  const METHODS = { 'Access-Control-Allow-Methods': 'GET, HEAD, OPTIONS', 'Access-Control-Max-Age': '86400' };
  it.for<readonly [string, readonly string[], Readonly<Record<string, string>>, object]>([
    ['none configured', [], { origin: 'https://a.test' }, {}],
    ['any', ['*'], { origin: 'https://a.test' }, { 'Access-Control-Allow-Origin': '*', ...METHODS }],
    ['one', ['https://a.test'], {}, { 'Access-Control-Allow-Origin': 'https://a.test', ...METHODS }],
    [
      'the one that asks',
      ['https://a.test', 'https://b.test'],
      { origin: 'https://b.test' },
      { 'Access-Control-Allow-Origin': 'https://b.test', ...METHODS, Vary: 'Origin' },
    ],
    [
      'another than the one that asks',
      ['https://a.test', 'https://b.test'],
      { origin: 'https://evil.test' },
      { 'Access-Control-Allow-Origin': 'https://a.test', ...METHODS, Vary: 'Origin' },
    ],
    [
      'with the headers that are asked for',
      ['*'],
      { 'access-control-request-headers': 'content-type, x-other' },
      { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': 'content-type, x-other', ...METHODS },
    ],
  ])('%s', ([, allowed, headers, expected]) => {
    expect(corsHeaders(allowed, new Map(Object.entries(headers)))).toEqual(expected);
  });
});
