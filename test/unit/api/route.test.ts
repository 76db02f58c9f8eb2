import { describe, expect, it } from 'vitest';
import { createRouter, defineRoute } from '../../../functions/api/route.ts';
import { ROUTES, route } from '../../../functions/api/routes.ts';

/** The route in one line, or why there is none. */
function found(method: string, path: string): string {
  const result = route(method, path);
  if (result.kind !== 'found') return result.kind;
  return [result.route.name, ...Object.values(result.params)].join(' ');
}

/** A path that a pattern fits. */
const sampleOf = (path: string): string => path.replaceAll(/\{(\w+)\}/g, (_, name: string) => name.toLowerCase());

describe('the table', () => {
  it.for(ROUTES.map(({ method, path, name }) => [method, path, name] as const))(
    '%s %s is found',
    ([method, path, name]) => {
      expect(found(method, sampleOf(path)).split(' ')[0]).toBe(name);
    },
  );

  it('names each route once, and says what it does', () => {
    const names = ROUTES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { summary } of ROUTES) expect(summary).toMatch(/^[A-Z].*\.$/);
  });

  it('gives no method of a path twice', () => {
    const rows = ROUTES.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(rows).size).toBe(rows.length);
  });
});

describe('patterns', () => {
  const table = createRouter(
    (
      [
        ['GET', '/v2/pods/::status', 'statuses'],
        ['GET', '/v2/pods/{podId}::status', 'status'],
        ['GET', '/v2/pods/{podId}::versions/{version}', 'version'],
        ['GET', '/v2/pods/{podId}', 'pod'],
        ['GET', '/v2/artifacts/{path}', 'artifact'],
        ['GET', '/stride/v1/tasks/{taskId}/files/{path}', 'file'],
      ] as const
    ).map(([method, path, name]) =>
      defineRoute({ method, path, name, summary: '', answers: {}, handler: () => ({ status: 200 }) }),
    ),
  );
  it.for<readonly [string, string, Readonly<Record<string, string>>]>([
    ['/v2/pods/::status', 'statuses', {}],
    ['/v2/pods//::status', 'statuses', {}],
    ['/v2/pods/a/b::status', 'status', { podId: '/a/b' }],
    ['/v2/pods//a/b/::status', 'status', { podId: '/a/b' }],
    ['/v2/pods/%2Fa%2Fb%3A%3Astatus', 'status', { podId: '/a/b' }],
    ['/v2/pods/a::versions/2020-01-01T00:00:00.000Z', 'version', { podId: '/a', version: '2020-01-01T00:00:00.000Z' }],
    ['/v2/pods/a::other', 'pod', { podId: '/a::other' }],
    ['/v2/artifacts/a//b/c.json', 'artifact', { path: 'a/b/c.json' }],
    ['/stride/v1/tasks/a.b/files/logs/stdout', 'file', { taskId: 'a.b', path: 'logs/stdout' }],
  ])('%s is %s', ([path, name, params]) => {
    expect(table('GET', path)).toMatchObject({ kind: 'found', route: { name }, params });
  });
});

describe('paths (api-endpoints.md §1.4)', () => {
  it.for([
    ['GET', '/ping', 'ping'],
    ['GET', '/ping/', 'ping'],
    ['GET', '/v2/info', 'getInfo'],
    ['GET', '/v2/leader', 'getLeader'],
    ['GET', '/v2/tasks', 'listTasks'],
    ['GET', '/v2/deployments', 'listDeployments'],
    ['GET', '/v2/apps', 'listApps'],
    ['GET', '/v2/apps/', 'listApps'],
    ['GET', '//v2//apps//', 'listApps'],
    ['POST', '/v2/apps', 'createApp'],
    ['POST', '/v2/apps/', 'createApp'],
    ['GET', '/v2/apps/web', 'getApp /web'],
    ['GET', '/v2/apps//web', 'getApp /web'],
    ['GET', '/v2/apps/web/', 'getApp /web'],
    ['GET', '/v2/apps/prod/web', 'getApp /prod/web'],
    ['GET', '/v2/apps//prod//web//', 'getApp /prod/web'],
    ['GET', '/v2/apps/%2Fprod%2Fweb', 'getApp /prod/web'],
    ['GET', '/v2/apps/%2fprod/web%2F', 'getApp /prod/web'],
    ['GET', '/v2/apps/prod/../web', 'getApp /web'],
    ['GET', '/v2/apps/prod/./web', 'getApp /prod/web'],
    ['PUT', '/v2/apps/prod/web', 'putApp /prod/web'],
    ['PATCH', '/v2/apps/prod/web', 'patchApp /prod/web'],
    ['DELETE', '/v2/apps/prod/web', 'deleteApp /prod/web'],
    ['HEAD', '/v2/apps/prod/web', 'getApp /prod/web'],
  ] as const)('%s %s', ([method, path, is]) => {
    expect(found(method, path)).toBe(is);
  });

  it.for([
    ['POST', '/v2/apps/prod/web/restart', 'restartApp /prod/web'],
    ['POST', '/v2/apps//prod/web//restart/', 'restartApp /prod/web'],
    ['DELETE', '/v2/apps/prod/restart', 'deleteAppNamedRestart /prod'],
    ['GET', '/v2/apps/prod/web/tasks', 'listAppTasks /prod/web'],
    ['GET', '/v2/apps/prod/web/versions', 'listVersions /prod/web'],
    ['GET', '/v2/apps/web/versions/2020-01-01T00:00:00.000Z', 'getVersion /web 2020-01-01T00:00:00.000Z'],
    ['GET', '/v2/apps/web/versions/2020-01-01T00%3A00%3A00.000Z', 'getVersion /web 2020-01-01T00:00:00.000Z'],
    ['GET', '/v2/apps/%2Fweb%2Fversions%2Fx', 'getVersion /web x'],
    ['GET', '/v2/apps/web/versions/x/', 'getVersion /web x'],
    // The last two segments decide, whatever the id is made of.
    ['GET', '/v2/apps/versions/versions/versions', 'listVersions /versions/versions'],
    ['GET', '/v2/apps/tasks/tasks', 'listAppTasks /tasks'],
    // Each suffix needs an id before it.
    ['GET', '/v2/apps/tasks', 'getApp /tasks'],
    ['GET', '/v2/apps//tasks', 'getApp /tasks'],
    ['GET', '/v2/apps/versions', 'getApp /versions'],
    ['GET', '/v2/apps/versions/x', 'getApp /versions/x'],
    ['DELETE', '/v2/apps/restart', 'deleteApp /restart'],
    ['POST', '/v2/apps/restart', 'methodNotAllowed'],
    ['DELETE', '/v2/apps/prod/web/tasks', 'killAppTasks /prod/web'],
    ['DELETE', '/v2/apps//prod/web//tasks/web.1', 'killAppTask /prod/web web.1'],
    ['GET', '/v2/apps/*', 'getApp /*'],
    ['GET', '/v2/apps/prod/*/tasks', 'listAppTasks /prod/*'],
    // A task's path is no app's.
    ['GET', '/v2/apps/web/tasks/web.1', 'methodNotAllowed'],
    ['PUT', '/v2/apps/web/tasks/web.1', 'methodNotAllowed'],
  ] as const)('%s %s: %s', ([method, path, is]) => {
    expect(found(method, path)).toBe(is);
  });

  it.for([
    '/',
    '',
    '/v2',
    '/v2/',
    '/v2/nothing',
    '/v1/apps',
    '/ping/x',
    '/v2/info/x',
    '/v2/tasks/x',
    '/v2/tasks/delete/x',
    '/v2/apps/%',
    '/V2/apps',
  ])('GET %s is nothing', (path) => {
    expect(route('GET', path)).toEqual({ kind: 'notFound' });
  });

  it.for([
    ['POST', '/ping', ['GET', 'HEAD', 'OPTIONS']],
    ['DELETE', '/v2/apps', ['GET', 'POST', 'PUT', 'PATCH', 'HEAD', 'OPTIONS']],
    ['POST', '/v2/apps/web', ['GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']],
    ['GET', '/v2/apps/web/restart', ['POST', 'DELETE', 'OPTIONS']],
    ['HEAD', '/v2/apps/web/restart', ['POST', 'DELETE', 'OPTIONS']],
    ['TRACE', '/v2/info', ['GET', 'HEAD', 'OPTIONS']],
    ['toString', '/v2/info', ['GET', 'HEAD', 'OPTIONS']],
    ['__proto__', '/v2/info', ['GET', 'HEAD', 'OPTIONS']],
  ] as const)('%s %s is not allowed, but %s', ([method, path, allow]) => {
    expect(route(method, path)).toEqual({ kind: 'methodNotAllowed', allow });
  });
});
