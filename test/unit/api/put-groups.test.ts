import { beforeEach, describe, expect, it } from 'vitest';
import { app, groupsApi, SHOP } from './groups-api.ts';

const { announced, finishAll, send, shown, state, tree, write } = groupsApi();

describe('PUT /v2/groups', () => {
  beforeEach(() => write('POST', '/v2/groups', SHOP));

  it('replaces what it lists and keeps the rest', async () => {
    await write('PUT', '/v2/groups/shop', { apps: [app('web', { instances: 3 }), app('new')] });
    expect(await tree()).toEqual({
      '/': [],
      '/shop': ['/shop/new', '/shop/web'],
      '/shop/backend': ['/shop/backend/api'],
      '/shop/backend/empty': [],
    });
    await write('PUT', '/v2/groups/shop', { groups: [{ id: 'other', apps: [app('x')] }], dependencies: [] });
    expect(await tree()).toEqual({ '/': [], '/shop': ['/shop/new', '/shop/web'], '/shop/other': ['/shop/other/x'] });
    expect((await shown('/v2/groups/shop'))['dependencies']).toEqual([]);
  });

  it('takes full definitions: what is absent gets its default', async () => {
    await write('PUT', '/v2/groups/shop', { apps: [app('web', { cmd: './other' })] });
    expect((await shown('/v2/groups/shop')).apps).toMatchObject([{ id: '/shop/web', cmd: './other' }]);
    expect((await shown('/v2/groups/shop')).apps[0]).not.toHaveProperty('dependencies');
  });

  it('creates what is not there, at the root and by id in the body', async () => {
    expect(await send('PUT', '/v2/groups', { id: 'new/sub', apps: [app('a')] })).toMatchObject({ status: 200 });
    expect(await tree()).toMatchObject({ '/new': [], '/new/sub': ['/new/sub/a'], '/shop': expect.anything() });
    await finishAll();
    await write('PUT', '/v2/groups', { groups: [{ id: 'only' }] });
    expect(await tree()).toEqual({ '/': [], '/only': [] });
  });

  it('names a step for each layer of dependencies, and stops what goes first', async () => {
    await write('PUT', '/v2/groups/db', { apps: [app('mysql')] });
    const { json } = await send(
      'PUT',
      '/v2/groups',
      {
        groups: [
          { id: '/db', apps: [app('mysql', { cpus: 2 })] },
          { id: '/shop', apps: [app('web', { cpus: 2, dependencies: ['backend'] })] },
        ],
      },
      { dryRun: 'true' },
    );
    expect(json).toEqual({
      steps: [
        { actions: [{ action: 'StopApplication', app: '/shop/admin' }] },
        { actions: [{ action: 'RestartApplication', app: '/db/mysql' }] },
        { actions: [{ action: 'RestartApplication', app: '/shop/web' }] },
      ],
    });
  });

  it('changes nothing when it is rehearsed, and asks for no lock', async () => {
    const before = await state().definitions.readRoot();
    await send('PUT', '/v2/groups/shop', { scaleBy: 2 });
    const answer = await send('PUT', '/v2/groups/shop', { scaleBy: 3 }, { dryRun: 'True' });
    expect(answer).toMatchObject({ status: 200, json: { steps: [{}, {}] } });
    expect(answer.headers).toBeUndefined();
    expect((await state().definitions.readRoot()).value.seq).toBe(before.value.seq + 1);
  });

  it('multiplies the instances of every app below', async () => {
    await write('PUT', '/v2/groups/shop', { apps: [app('web', { instances: 3 }), app('none', { instances: 0 })] });
    await write('PUT', '/v2/groups/shop', { scaleBy: 1.5 });
    const { apps, groups } = await shown('/v2/groups/shop');
    expect(apps.map(({ id, instances }) => [id, instances])).toEqual([
      ['/shop/none', 0],
      ['/shop/web', 5],
    ]);
    expect(groups[0]?.apps[0]?.instances).toBe(2);
    await write('PUT', '/v2/groups/shop', { scaleBy: 1e300 });
    expect((await shown('/v2/groups/shop')).apps[1]?.instances).toBe(2_147_483_647);
    await write('PUT', '/v2/groups', { scaleBy: 0 });
    expect((await shown('/v2/groups/shop')).apps.map(({ instances }) => instances)).toEqual([0, 0]);
  });

  it('refuses to scale what may have one instance only', async () => {
    const labels = { MARATHON_SINGLE_INSTANCE_APP: 'true' };
    const upgradeStrategy = { minimumHealthCapacity: 0, maximumOverCapacity: 0 };
    await write('PUT', '/v2/groups/shop', { apps: [app('one', { labels, upgradeStrategy })] });
    expect(await send('PUT', '/v2/groups/shop', { scaleBy: 2 })).toEqual({
      status: 422,
      json: {
        message: 'Object is not valid',
        details: [{ path: '/apps//shop/one', errors: ['Single instance app may only have one instance'] }],
      },
    });
  });

  it('brings a version back: definitions, groups and dependencies, as a new version', async () => {
    const [first] = (await send('GET', '/v2/groups/shop/versions')).json as string[];
    await write('PUT', '/v2/groups/shop', {
      apps: [app('web', { instances: 7 }), app('new')],
      groups: [],
      dependencies: [],
    });
    await write('POST', '/v2/apps', app('/beside'));
    const version = await write('PUT', '/v2/groups/shop', { version: first });
    expect(await tree()).toEqual({
      '/': ['/beside'],
      '/shop': ['/shop/admin', '/shop/web'],
      '/shop/backend': ['/shop/backend/api'],
      '/shop/backend/empty': [],
    });
    const shop = await shown('/v2/groups/shop');
    expect(shop).toMatchObject({ dependencies: ['/db'], version, apps: [{ instances: 1 }, { instances: 1, version }] });
    expect((await send('GET', '/v2/apps/shop/web/versions')).json).toMatchObject({ versions: { length: 3 } });
  });

  it('brings back a group that was deleted', async () => {
    const [first] = (await send('GET', '/v2/groups/shop/versions')).json as string[];
    await write('DELETE', '/v2/groups/shop');
    expect(await tree()).toEqual({ '/': [] });
    await write('PUT', '/v2/groups/shop', { version: first });
    expect((await tree())['/shop']).toEqual(['/shop/admin', '/shop/web']);
  });

  it.for([
    [
      'a version that never was',
      '/v2/groups/shop',
      '2020-01-01T00:00:00Z',
      'Group /shop not available in version 2020-01-01T00:00:00.000Z',
    ],
    [
      'a version without the group',
      '/v2/groups/later',
      undefined,
      'Group /later not available in version 2021-03-02T08:00:00.000Z',
    ],
    [
      'no time at all',
      '/v2/groups/shop',
      'soon',
      "Invalid timestamp provided 'soon'. Expecting ISO-8601 datetime string.",
    ],
  ] as const)('refuses %s', async ([, path, version = '2021-03-02T08:00:00.000Z', message]) => {
    await write('PUT', '/v2/groups/later', {});
    expect(await send('PUT', path, { version })).toEqual({ status: 422, json: { message } });
  });

  it('meets the lock of any app, and pushes the holder out by force', async () => {
    const first = await send('PUT', '/v2/groups/shop', { scaleBy: 2 });
    const holder = first.headers?.['Marathon-Deployment-Id'];
    expect(await send('PUT', '/v2/groups/shop', { scaleBy: 3 })).toMatchObject({
      status: 409,
      json: { deployments: [{ id: holder }] },
    });
    const forced = await send('PUT', '/v2/groups/shop', { scaleBy: 3 }, { force: 'True' });
    expect(forced.status).toBe(200);
    expect((await announced()).map((event) => [event.eventType, event['id']])).toEqual([
      ['deployment_failed', holder],
      ['group_change_success', undefined],
    ]);
  });
});
