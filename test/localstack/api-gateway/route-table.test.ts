import { expect, test } from 'vitest';
import { createRouteTable } from '../../../localstack/api-gateway/route-table.ts';
import type { IntegrationModel, RouteModel } from '../../../localstack/template/cloud-model.ts';

const to = (functionName: string): IntegrationModel => ({ functionName, timeoutMs: 29_000, streaming: false });

const aRoute = (resourcePath: string, methods: Readonly<Record<string, IntegrationModel>>): RouteModel => ({
  resourceId: resourcePath,
  resourcePath,
  methods,
});

const route = createRouteTable([
  aRoute('/{proxy+}', { ANY: to('any') }),
  aRoute('/', { ANY: to('root') }),
  aRoute('/v2/events', { GET: to('events') }),
  aRoute('/v2/{kind}', { GET: to('kind'), ANY: to('kind-any') }),
  aRoute('/v2/apps/{proxy+}', { GET: to('apps') }),
]);

test.each<[string, string, string, Readonly<Record<string, string>> | null]>([
  ['GET', '/', 'root', null],
  ['GET', '/ping', 'any', { proxy: 'ping' }],
  ['GET', '/v2/events', 'events', null],
  ['GET', '/v2/events/', 'events', null],
  ['GET', '/v2/apps', 'kind', { kind: 'apps' }],
  ['POST', '/v2/apps', 'kind-any', { kind: 'apps' }],
  ['GET', '/v2/apps/a/b', 'apps', { proxy: 'a/b' }],
  ['GET', '/v2/apps//a/b', 'apps', { proxy: '/a/b' }],
  ['GET', '/v2/apps/%2Fa%2Fb', 'apps', { proxy: '%2Fa%2Fb' }],
  ['GET', '//v2/events', 'any', { proxy: '/v2/events' }],
  ['GET', '/v2//events', 'any', { proxy: 'v2//events' }],
  ['GET', '/v2/events/more', 'any', { proxy: 'v2/events/more' }],
  ['DELETE', '/v3', 'any', { proxy: 'v3' }],
])('%s %s goes to %s', (method, path, functionName, pathParameters) => {
  expect(route(method, path)).toMatchObject({ integration: { functionName }, pathParameters });
});

test.each<[string, string]>([
  ['POST', '/v2/events'],
  ['HEAD', '/v2/events'],
  ['POST', '/v2/apps/a'],
])('%s %s: the most specific resource has no such method, and nothing else answers for it', (method, path) => {
  expect(route(method, path)).toBeUndefined();
});
