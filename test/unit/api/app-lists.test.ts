import { describe, expect, it } from 'vitest';
import { stateKeys } from '../../../lib/state/keys.ts';
import { aRequest } from './a-request.ts';
import { createTestApi } from './an-api.ts';

const appOf = (id: string, fields = {}) => ({ id, cmd: './serve', cpus: 0.1, mem: 32, ...fields });

/** `/a` and `/g/b`, deployed. */
async function createApps() {
  const test = createTestApi();
  const answer = await test.api(aRequest({ method: 'PUT', body: [appOf('/a'), appOf('/g/b')] }));
  expect(answer.status).toBe(200);
  await test.finishAll();
  const shownOf = async (): Promise<unknown> => {
    const { json } = await test.api(aRequest());
    return (json as { apps: readonly { id: string; cmd: string; mem: number }[] }).apps.map(({ id, cmd, mem }) => [
      id,
      cmd,
      mem,
    ]);
  };
  return { ...test, shownOf };
}

describe('a list of apps', () => {
  it('is one deployment, whether they are created or changed', async () => {
    const { api, shownOf, state } = await createApps();
    const before = (await state.definitions.readRoot()).value.seq;
    const answer = await api(aRequest({ method: 'PUT', body: [{ id: 'a', mem: 64 }, appOf('c')] }));
    expect(answer).toEqual({
      status: 200,
      headers: { 'Marathon-Deployment-Id': expect.any(String) },
      json: { version: expect.any(String), deploymentId: answer.headers?.['Marathon-Deployment-Id'] },
    });
    expect(await shownOf()).toEqual([
      ['/a', './serve', 64],
      ['/c', './serve', 32],
      ['/g/b', './serve', 32],
    ]);
    const root = (await state.definitions.readRoot()).value;
    expect(root.seq).toBe(before + 1);
    expect(Object.keys(root.running)).toEqual([answer.headers?.['Marathon-Deployment-Id']]);
  });

  it('replaces whole apps with partialUpdate=false', async () => {
    const { api, shownOf } = await createApps();
    const query = { partialUpdate: 'False' };
    await api(aRequest({ method: 'PUT', query, body: [{ id: '/a', cmd: 'new' }] }));
    expect(await shownOf()).toEqual([
      ['/a', 'new', 128],
      ['/g/b', './serve', 32],
    ]);
  });

  it('goes back to old versions', async () => {
    const { api, shownOf, clock, finishAll } = await createApps();
    await clock.pass(1_000);
    await api(aRequest({ method: 'PATCH', body: [{ id: '/a', cmd: 'new' }] }));
    await finishAll();
    const body = [{ id: '/a', version: '2021-03-02T08:00:00.000Z' }];
    expect(await api(aRequest({ method: 'PUT', body }))).toMatchObject({ status: 200 });
    expect(await shownOf()).toEqual([
      ['/a', './serve', 32],
      ['/g/b', './serve', 32],
    ]);
  });

  it('tells of one change in the root group, and of no app', async () => {
    const { api, outboxOf } = await createApps();
    await api(aRequest({ method: 'PUT', body: [{ id: '/g/b', mem: 64 }] }));
    expect(await outboxOf(stateKeys('stride').root)).toMatchObject({
      events: [{ eventType: 'group_change_success', groupId: '/' }],
      dirty: ['/g/b'],
      wake: true,
    });
  });

  it.for([
    {
      what: 'is no list',
      method: 'PUT',
      body: appOf('/a'),
      status: 422,
      json: { message: 'Invalid JSON', details: [{ path: '', errors: ['error.expected.jsarray'] }] },
    },
    {
      what: 'lacks an id',
      method: 'PUT',
      body: [{ id: '/a', mem: 64 }, { mem: 64 }],
      status: 422,
      json: { message: 'requirement failed: App Update must have app id set' },
    },
    {
      what: 'lacks an id of a whole app',
      method: 'PUT',
      query: { partialUpdate: 'false' },
      body: [{ cmd: 'x' }],
      status: 422,
      json: {
        message: 'Invalid JSON',
        details: [{ path: '(0)/id', errors: [`'id' is undefined on object: {"cmd":"x"}`] }],
      },
    },
    {
      what: 'has a wrong type',
      method: 'PATCH',
      body: [{ id: '/a' }, { id: '/g/b', cpus: 'many' }],
      status: 422,
      json: { message: 'Invalid JSON', details: [{ path: '(1)/cpus', errors: ['error.expected.jsnumber'] }] },
    },
    {
      what: 'breaks a rule once merged',
      method: 'PUT',
      body: [
        { id: '/a', mem: 64 },
        { id: '/g/b', args: ['x'] },
      ],
      status: 422,
      json: {
        message: 'Object is not valid',
        details: [{ path: expect.stringMatching(/^\(1\)/), errors: [expect.any(String)] }],
      },
    },
    {
      what: 'names an app twice',
      method: 'PUT',
      body: [
        { id: '/a', mem: 64 },
        { id: 'a', mem: 65 },
      ],
      status: 422,
      json: {
        message: 'Object is not valid',
        details: [{ path: '(1)/id', errors: ['/a is in the list twice: merge its elements'] }],
      },
    },
    {
      what: 'patches an unknown app',
      method: 'PATCH',
      body: [{ id: '/a', mem: 64 }, appOf('/none')],
      status: 404,
      json: { message: "App '/none' does not exist" },
    },
  ])('changes nothing when it $what', async ({ method, body, query = {}, status, json }) => {
    const { api, shownOf } = await createApps();
    expect(await api(aRequest({ method, body, query }))).toEqual({ status, json });
    expect(await shownOf()).toEqual([
      ['/a', './serve', 32],
      ['/g/b', './serve', 32],
    ]);
  });

  it('meets the lock of any of its apps', async () => {
    const { api } = await createApps();
    const first = await api(aRequest({ method: 'PUT', body: [{ id: '/a', mem: 64 }] }));
    const body = [
      { id: '/g/b', mem: 64 },
      { id: '/a', mem: 65 },
    ];
    expect(await api(aRequest({ method: 'PUT', body }))).toMatchObject({
      status: 409,
      json: { deployments: [{ id: first.headers?.['Marathon-Deployment-Id'] }] },
    });
    expect(await api(aRequest({ method: 'PUT', body, query: { force: 'True' } }))).toMatchObject({ status: 200 });
  });
});

describe('the wildcard', () => {
  it.for([
    ['/v2/apps/*', ['/a', '/g/b']],
    ['/v2/apps//*', ['/a', '/g/b']],
    ['/v2/apps/g/*', ['/g/b']],
    ['/v2/apps//g//*', ['/g/b']],
    ['/v2/apps/%2Fg%2F*', ['/g/b']],
  ] as const)('%s lists %j', async ([path, ids]) => {
    const { api } = await createApps();
    const { status, json } = await api(aRequest({ path }));
    expect({ status, keys: Object.keys(json as object) }).toEqual({ status: 200, keys: ['*'] });
    const apps = (json as { '*': readonly { id: string; tasks: unknown }[] })['*'];
    expect(apps.map(({ id }) => id)).toEqual(ids);
    expect(apps[0]).toMatchObject({ tasks: [], deployments: [], tasksRunning: 0 });
  });

  it.for([
    ['GET', '/v2/apps/none/*', 404, "Group '/none' does not exist"],
    ['GET', '/v2/apps/a/*', 404, "Group '/a' does not exist"],
    ['GET', '/v2/apps/none/*/tasks', 404, "Group '/none' does not exist"],
    ['GET', '/v2/apps/*/versions', 404, "App '/*' does not exist"],
    ['DELETE', '/v2/apps/*', 404, "App '/*' does not exist"],
    ['DELETE', '/v2/apps/*/tasks', 404, "App '/*' does not exist"],
    ['POST', '/v2/apps/g/*/restart', 404, "App '/g/*' does not exist"],
  ] as const)('%s %s is %i', async ([method, path, status, message]) => {
    const { api } = await createApps();
    expect(await api(aRequest({ method, path }))).toEqual({ status, json: { message } });
  });
});
