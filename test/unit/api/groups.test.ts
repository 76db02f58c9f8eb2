import { beforeEach, describe, expect, it } from 'vitest';
import { app, groupsApi, outline, SHOP, type ShownGroup } from './groups-api.ts';

const { announced, send, shown, tree, write } = groupsApi();

it('shows an empty root before the first change', async () => {
  expect((await send('GET', '/v2/groups')).json).toEqual({
    id: '/',
    apps: [],
    pods: [],
    groups: [],
    dependencies: [],
    version: '1970-01-01T00:00:00.000Z',
  });
  expect((await send('GET', '/v2/groups/versions')).json).toEqual(['1970-01-01T00:00:00.000Z']);
});

describe('POST /v2/groups', () => {
  it('creates a group with all that is in it in one deployment', async () => {
    const answer = await send('POST', '/v2/groups', SHOP);
    const deploymentId = answer.headers?.['Marathon-Deployment-Id'];
    expect(answer).toEqual({
      status: 201,
      headers: { 'Marathon-Deployment-Id': deploymentId, Location: '/shop' },
      json: { version: '2021-03-02T08:00:00.000Z', deploymentId },
    });
    expect(await tree()).toEqual({
      '/': [],
      '/shop': ['/shop/admin', '/shop/web'],
      '/shop/backend': ['/shop/backend/api'],
      '/shop/backend/empty': [],
    });
    expect(await announced()).toEqual([
      {
        groupId: '/',
        version: '2021-03-02T08:00:00.000Z',
        eventType: 'group_change_success',
        timestamp: '2021-03-02T08:00:00.000Z',
      },
    ]);
    const { json: deployments } = await send('GET', '/v2/deployments');
    expect(deployments).toMatchObject([
      {
        id: deploymentId,
        steps: [
          {
            actions: ['/shop/web', '/shop/admin', '/shop/backend/api'].map((one) => ({
              action: 'StartApplication',
              app: one,
            })),
          },
          { actions: ['/shop/admin', '/shop/backend/api'].map((one) => ({ action: 'ScaleApplication', app: one })) },
          { actions: [{ action: 'ScaleApplication', app: '/shop/web' }] },
        ],
      },
    ]);
  });

  it('resolves ids against the group that holds them', async () => {
    await write('POST', '/v2/groups/shop', SHOP);
    const { groups } = await shown();
    expect(groups[0]).toMatchObject({
      id: '/shop',
      dependencies: ['/db'],
      apps: [{ id: '/shop/admin' }, { id: '/shop/web', dependencies: ['/shop/backend'] }],
      groups: [{ id: '/shop/backend', apps: [{ id: '/shop/backend/api', dependencies: ['/shop/web-cache'] }] }],
    });
  });

  it('takes an id relative to the path, and makes the groups above', async () => {
    const answer = await send('POST', '/v2/groups/a/b', { id: 'c/d', apps: [app('x')] });
    expect(answer).toMatchObject({ status: 201, headers: { Location: '/a/b/c/d' } });
    expect(await tree()).toEqual({ '/': [], '/a': [], '/a/b': [], '/a/b/c': [], '/a/b/c/d': ['/a/b/c/d/x'] });
    expect((await announced())[0]).toMatchObject({ eventType: 'group_change_success', groupId: '/a' });
  });

  it('creates the group of the path when the body names none, empty if need be', async () => {
    expect(await send('POST', '/v2/groups/a', {})).toMatchObject({ status: 201, headers: { Location: '/a' } });
    expect(await tree()).toEqual({ '/': [], '/a': [] });
  });

  it.for([
    ['the root', '/v2/groups', {}, 'Group / is already created. Use PUT to change this group.'],
    ['a group', '/v2/groups', { id: 'shop' }, 'Group /shop is already created. Use PUT to change this group.'],
    ['an app', '/v2/groups', { id: '/shop/web' }, 'An app with the path /shop/web already exists.'],
  ] as const)('answers 409 for %s that is there', async ([, path, body, message]) => {
    await write('POST', '/v2/groups', SHOP);
    expect(await send('POST', path, body)).toEqual({ status: 409, json: { message } });
  });
});

describe('GET /v2/groups', () => {
  beforeEach(async () => {
    await write('POST', '/v2/groups', SHOP);
    await write('POST', '/v2/apps', app('/top'));
  });

  it('is the whole tree, in Marathon’s shape', async () => {
    const version = '2021-03-02T08:00:01.000Z';
    const root = await shown();
    expect(Object.keys(root)).toEqual(['id', 'apps', 'pods', 'groups', 'dependencies', 'version']);
    expect(root).toMatchObject({ id: '/', apps: [{ id: '/top' }], pods: [], dependencies: [], version });
    expect(Object.keys(root.groups[0] ?? {})).toEqual([
      'id',
      'apps',
      'pods',
      'groups',
      'dependencies',
      'version',
      'enforceRole',
    ]);
    expect(root.groups[0]).toMatchObject({ id: '/shop', version, enforceRole: false });
    expect(root.groups[0]?.groups[0]).not.toHaveProperty('enforceRole');
    expect(root.apps[0]).not.toHaveProperty('tasks');
    expect(root.apps[0]).not.toHaveProperty('tasksRunning');
    expect(root.apps[0]).toMatchObject({
      version,
      versionInfo: { lastScalingAt: version, lastConfigChangeAt: version },
    });
  });

  it('is one group by any spelling of its id', async () => {
    for (const path of ['/v2/groups/shop/backend', '/v2/groups//shop/backend', '/v2/groups/%2Fshop%2Fbackend/']) {
      expect(await shown(path)).toMatchObject({ id: '/shop/backend', apps: [{ id: '/shop/backend/api' }] });
    }
  });

  it.for([
    ['nothing but groups', ['group.groups'], { '/': [], '/shop': [], '/shop/backend': [], '/shop/backend/empty': [] }],
    ['nothing but apps', ['group.apps'], { '/': ['/top'] }],
    ['pods', ['group.pods'], { '/': [] }],
    ['status of apps without apps', ['group.apps.counts'], { '/': [] }],
    ['something unknown', ['group.unknown'], { '/': [] }],
  ] as const)('shows %s when that is asked for', async ([, embed, expected]) => {
    expect(outline(await shown('/v2/groups', { embed }))).toEqual(expected);
  });

  it('shows the status of apps when asked for apps and status', async () => {
    const embed = ['group.groups', 'group.apps', 'group.apps.deployments', 'group.apps.counts', 'group.apps.readiness'];
    const { apps } = await shown('/v2/groups', { embed });
    expect(apps[0]).toMatchObject({ id: '/top', tasksRunning: 0, deployments: [], readinessCheckResults: [] });
    expect(apps[0]).not.toHaveProperty('tasks');
    const [plain] = (await shown('/v2/groups', { embed: ['group.apps', 'apps.tasks', 'tasks'] })).apps;
    expect(plain).not.toHaveProperty('tasks');
  });

  it('lists all apps below a group', async () => {
    const ids = async (path: string) => ((await send('GET', path)).json as ShownGroup['apps']).map(({ id }) => id);
    expect(await ids('/v2/groups/apps')).toEqual(['/shop/admin', '/shop/backend/api', '/shop/web', '/top']);
    expect(await ids('/v2/groups/shop/apps')).toEqual(['/shop/admin', '/shop/backend/api', '/shop/web']);
    expect(await ids('/v2/groups/nowhere/apps')).toEqual([]);
    const embed = ['group.apps.tasks'];
    expect((await send('GET', '/v2/groups/apps', undefined, { embed })).json).toMatchObject([
      { tasks: [] },
      {},
      {},
      {},
    ]);
  });

  it.for(['/v2/groups/nowhere', '/v2/groups/shop/web', '/v2/groups/nowhere/versions', '/v2/groups/NO%20ID'])(
    'answers 404 for %s',
    async (path) => {
      const id = decodeURIComponent(path).replace('/v2/groups', '').replace('/versions', '');
      expect(await send('GET', path)).toEqual({ status: 404, json: { message: `Group '${id}' does not exist` } });
    },
  );
});

describe('DELETE /v2/groups', () => {
  beforeEach(() => write('POST', '/v2/groups', SHOP));

  it('takes everything below along', async () => {
    const answer = await send('DELETE', '/v2/groups/shop/backend');
    expect(answer).toMatchObject({ status: 200, json: { deploymentId: answer.headers?.['Marathon-Deployment-Id'] } });
    expect(await tree()).toEqual({ '/': [], '/shop': ['/shop/admin', '/shop/web'] });
    expect((await announced())[0]).toMatchObject({ eventType: 'group_change_success', groupId: '/shop' });
  });

  it('empties the root', async () => {
    await write('PUT', '/v2/groups', { dependencies: ['/nowhere'] });
    expect((await send('DELETE', '/v2/groups')).status).toBe(200);
    expect(await shown()).toMatchObject({ apps: [], groups: [], dependencies: [] });
  });

  it('knows the group, or answers 404', async () => {
    expect(await send('DELETE', '/v2/groups/shop/web')).toMatchObject({ status: 404 });
    expect(await send('DELETE', '/v2/groups/nowhere')).toEqual({
      status: 404,
      json: { message: "Group '/nowhere' does not exist" },
    });
  });

  it('waits for a lock unless it is forced', async () => {
    await send('PUT', '/v2/groups/shop', { scaleBy: 2 });
    expect((await send('DELETE', '/v2/groups/shop')).status).toBe(409);
    expect((await send('DELETE', '/v2/groups', undefined, { force: 'true' })).status).toBe(200);
    expect(await tree()).toEqual({ '/': [] });
  });
});

describe('versions of groups', () => {
  it('are those of the root in which they existed, each with the group as it was', async () => {
    const first = await write('POST', '/v2/groups', { id: '/a', apps: [app('x')] });
    const second = await write('POST', '/v2/groups', { id: '/b', apps: [app('y')] });
    const third = await write('PUT', '/v2/groups/a', { apps: [app('x', { instances: 4 })] });
    const versions = async (path: string) => (await send('GET', path)).json;
    expect(await versions('/v2/groups/versions')).toEqual([third, second, first]);
    expect(await versions('/v2/groups/a/versions')).toEqual([third, second, first]);
    expect(await versions('/v2/groups/b/versions')).toEqual([third, second]);
    const then = await shown(`/v2/groups/a/versions/${first}`);
    expect(then).toMatchObject({ id: '/a', version: first, apps: [{ id: '/a/x', instances: 1, version: first }] });
    expect(outline(await shown(`/v2/groups/versions/${first}`))).toEqual({ '/': [], '/a': ['/a/x'] });
    expect(outline(await shown(`/v2/groups/versions/${first}`, { embed: ['group.groups'] }))).toEqual({
      '/': [],
      '/a': [],
    });
    expect(await send('GET', `/v2/groups/b/versions/${first}`)).toEqual({
      status: 404,
      json: { message: "Group '/b' does not exist" },
    });
    expect(await send('GET', '/v2/groups/a/versions/soon')).toMatchObject({ status: 422 });
    expect(await send('GET', '/v2/groups/a/versions/2020-01-01T00:00:00Z')).toMatchObject({ status: 404 });
  });
});

describe('enforceRole', () => {
  it('makes the name of a top-level group the role of all below', async () => {
    await write('POST', '/v2/groups', { id: '/dev', enforceRole: true, groups: [{ id: 'sub', apps: [app('a')] }] });
    expect(await shown('/v2/groups/dev')).toMatchObject({ enforceRole: true, groups: [{ apps: [{ role: 'dev' }] }] });
    await write('POST', '/v2/apps', app('/dev/b'));
    await write('PUT', '/v2/apps/dev/sub/c', app('c'));
    const roles = ((await send('GET', '/v2/groups/apps')).json as { role: string }[]).map(({ role }) => role);
    expect(roles).toEqual(['dev', 'dev', 'dev']);
    const refused = { path: '/role', errors: ['got *, expected one of: [dev]'] };
    expect(await send('POST', '/v2/apps', app('/dev/x', { role: '*' }))).toMatchObject({
      status: 422,
      json: { details: [refused] },
    });
    expect(await send('PUT', '/v2/groups/dev', { apps: [app('x', { role: '*' })] })).toMatchObject({
      status: 422,
      json: { details: [refused] },
    });
    expect(await send('PUT', '/v2/apps/dev/b', { role: '*' })).toMatchObject({
      status: 422,
      json: { details: [refused] },
    });
  });

  it('is changed by PATCH, without a deployment or a new version', async () => {
    const version = await write('POST', '/v2/groups', { id: '/dev', apps: [app('a')] });
    expect(await send('PATCH', '/v2/groups/dev', { enforceRole: true })).toEqual({ status: 200 });
    expect(await shown('/v2/groups/dev')).toMatchObject({ enforceRole: true, version, apps: [{ role: '*' }] });
    expect(await shown(`/v2/groups/dev/versions/${version}`)).toMatchObject({ enforceRole: true });
    expect((await send('GET', '/v2/deployments')).json).toEqual([]);
    // The app keeps the role that it has.
    await write('PUT', '/v2/groups/dev', { apps: [app('a', { role: '*' })] });
    expect(await send('PATCH', '/v2/groups/dev', {})).toEqual({ status: 200 });
    expect(await shown('/v2/groups/dev')).toMatchObject({ enforceRole: false });
  });

  it.for([
    ['/v2/groups/nowhere', 404, { message: "Group '/nowhere' does not exist" }],
    [
      '/v2/groups/dev/sub',
      422,
      { message: 'Object is not valid', details: [{ path: '/', errors: ['Path needs to be top-level'] }] },
    ],
    ['/v2/groups', 405, { message: 'Method Not Allowed' }],
    ['/v2/groups/%2F', 405, { message: 'Method Not Allowed' }],
  ] as const)('PATCH %s: %i', async ([path, status, json]) => {
    expect(await send('PATCH', path, { enforceRole: true })).toMatchObject({ status, json });
  });
});

describe('a group named apps', () => {
  it('is written as any other, and read with what is above it', async () => {
    await write('POST', '/v2/groups/prod/apps', { apps: [app('x')] });
    await write('PUT', '/v2/groups/apps', { apps: [app('y')] });
    expect(await tree()).toEqual({ '/': [], '/apps': ['/apps/y'], '/prod': [], '/prod/apps': ['/prod/apps/x'] });
    expect(await send('PATCH', '/v2/groups/apps', { enforceRole: true })).toEqual({ status: 200 });
    await write('DELETE', '/v2/groups/prod/apps');
    expect(await tree()).toEqual({ '/': [], '/apps': ['/apps/y'], '/prod': [] });
  });
});
