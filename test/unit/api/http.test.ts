import type { APIGatewayProxyEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { firstValue, flag } from '../../../functions/api/http.ts';
import { checkMediaTypes } from '../../../functions/api/media-types.ts';
import { toApiRequest, toProxyResult } from '../../../functions/api/proxy-event.ts';
import { readBody } from '../../../functions/api/read-body.ts';
import type { Route } from '../../../functions/api/route.ts';
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

describe('flags, as Jersey reads them', () => {
  it.for([
    [undefined, true, true],
    [undefined, false, false],
    ['true', false, true],
    ['True', false, true],
    ['TRUE', false, true],
    ['false', true, false],
    ['yes', true, false],
    ['1', true, false],
    ['', true, true],
    ['', false, false],
  ] as const)('%s, absent being %s: %s', ([value, fallback, is]) => {
    expect(flag(aRequest({ query: value === undefined ? {} : { force: value } }), 'force', fallback)).toBe(is);
  });

  it('are given by the first value', () => {
    const request = aRequest({ query: { force: ['true', 'false'] } });
    expect(flag(request, 'force', false)).toBe(true);
    expect(firstValue(request, 'force')).toBe('true');
    expect(firstValue(request, 'other')).toBeUndefined();
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
  const APPS: Route = { kind: 'listApps' };
  const NOT_ACCEPTABLE = { status: 406, message: 'Not Acceptable' };
  const UNSUPPORTED = { status: 415, message: 'Unsupported Media Type' };
  it.for<readonly [string, Readonly<Record<string, string>>, Route, unknown]>([
    ['none', {}, APPS, undefined],
    ['JSON', { 'content-type': 'application/json' }, APPS, undefined],
    ['JSON with a charset', { 'content-type': 'Application/JSON; charset=UTF-8' }, APPS, undefined],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, APPS, UNSUPPORTED],
    ['text', { 'content-type': 'text/plain' }, APPS, UNSUPPORTED],
    ['a form where nobody looks', { 'content-type': 'text/plain' }, { kind: 'listTasks' }, undefined],
    ['anything wanted', { accept: '*/*' }, APPS, undefined],
    ['JSON wanted', { accept: 'application/json' }, APPS, undefined],
    ['any application type wanted', { accept: 'application/*' }, APPS, undefined],
    ['JSON among others', { accept: 'text/html, application/json;q=0.9' }, APPS, undefined],
    ['a browser', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }, APPS, undefined],
    ['an empty wish', { accept: '' }, APPS, undefined],
    ['only text wanted', { accept: 'text/plain' }, APPS, NOT_ACCEPTABLE],
    ['only text wanted of ping', { accept: 'text/plain' }, { kind: 'ping' }, undefined],
  ])('%s', ([, headers, to, refusal]) => {
    expect(refusalOf(() => checkMediaTypes(aRequest({ headers }), to))).toEqual(refusal);
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
    expect(toApiRequest({ ...event, body: encoded, isBase64Encoded: true }).body).toBe('{"cmd":"ä"}');
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
      what: 'the head alone',
      response: { status: 200, json: [] },
      method: 'HEAD',
      headers: { 'Content-Type': 'application/json' },
      body: '',
    },
  ])('are answered with $what', ({ response, method, headers, body }) => {
    expect(toProxyResult({ ...toApiRequest(event), method }, response)).toEqual({
      statusCode: response.status,
      headers: { ...common, ...headers },
      body,
    });
  });
});
