import { describe, expect, it, test as row } from 'vitest';
import type { ApiResponse } from '../../../functions/api/http.ts';
import { toInstanceId } from '../../../lib/model/ids.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { stateKeys } from '../../../lib/state/keys.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { anInstance, anInstanceAgent, aScheduledInstance } from '../../fixtures/an-instance.ts';
import { aRequest } from './a-request.ts';
import { createTestApi } from './an-api.ts';

const ID = resolvePathId('/shop/sidecar');
const PATH = `/v2/pods${ID}`;
const container = (fields: object = {}) => ({
  name: 'web',
  exec: { command: { shell: './web' } },
  resources: {},
  ...fields,
});
const podOf = (fields: object = {}) => ({ id: ID, containers: [container()], ...fields });
const scaled = (instances: number, fields: object = {}) => podOf({ scaling: { kind: 'fixed', instances }, ...fields });

/** What Marathon shows of `podOf()`. */
const SHOWN = {
  id: ID,
  version: expect.stringMatching(/^\d{4}-.*Z$/),
  containers: [
    {
      name: 'web',
      exec: { command: { shell: './web' } },
      resources: { cpus: 1, mem: 128, disk: 0, gpus: 0 },
    },
  ],
  scaling: { kind: 'fixed', instances: 1 },
  scheduling: {
    backoff: { backoff: 1, backoffFactor: 1.15, maxLaunchDelay: 300 },
    upgrade: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
    placement: {},
    killSelection: 'YOUNGEST_FIRST',
    unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
  },
  executorResources: { cpus: 0.1, mem: 32, disk: 10 },
  role: '*',
};

function aSystem() {
  const test = createTestApi();
  const ask = (method: string, path: string, body?: unknown, query = {}): Promise<ApiResponse> =>
    test.api(aRequest({ method, path, query, ...(body === undefined ? {} : { body }) }));
  /** Events that the last commit announced. */
  const announced = async (): Promise<readonly unknown[]> =>
    (await test.outboxOf(stateKeys(test.config.scheduler).root))?.events ?? [];
  /** The one deployment that runs. */
  const deployment = async (): Promise<unknown> => {
    const { json } = await ask('GET', '/v2/deployments');
    return json;
  };
  return { ...test, ask, announced, deployment };
}

/** A system in which `podOf()` is there and nothing runs. */
async function withPod(body: object = podOf()) {
  const system = aSystem();
  const created = await system.ask('POST', '/v2/pods', body);
  expect(created.status).toBe(201);
  await system.finishAll();
  return system;
}

const DEPLOYMENT = { 'Marathon-Deployment-Id': expect.stringMatching(/^[0-9a-f-]{36}$/) };
const LOCKED = /^App is locked by one or more deployments/;

describe('POST /v2/pods', () => {
  it('creates a pod: the pod, its place and its deployment', async () => {
    const { ask, announced, deployment } = aSystem();
    const answer = await ask('POST', '/v2/pods', podOf({ version: '2020-01-01T00:00:00.000Z' }));
    expect(answer).toEqual({ status: 201, headers: { ...DEPLOYMENT, Location: ID }, json: SHOWN });
    expect(await announced()).toEqual([
      { clientIp: '10.0.4.17', uri: '/v2/pods', eventType: 'pod_created_event', timestamp: expect.any(String) },
      {
        groupId: '/shop',
        version: expect.any(String),
        eventType: 'group_change_success',
        timestamp: expect.any(String),
      },
    ]);
    expect(await deployment()).toEqual([
      expect.objectContaining({
        steps: [{ actions: [{ action: 'StartPod', pod: ID }] }, { actions: [{ action: 'ScalePod', pod: ID }] }],
        affectedApps: [],
        affectedPods: [ID],
      }),
    ]);
    expect(await ask('GET', PATH)).toEqual({ status: 200, json: answer.json });
  });

  it('of an id that is there is refused, after the body was judged', async () => {
    const { ask } = await withPod();
    expect(await ask('POST', '/v2/pods', podOf())).toEqual({
      status: 409,
      json: { message: 'A pod with id [/shop/sidecar] already exists.' },
    });
    expect((await ask('POST', '/v2/pods', podOf({ user: '' }))).status).toBe(422);
  });

  it.each([
    ['without a body', '', 400, 'Please specify data in JSON format'],
    ['without JSON', '{', 400, 'Invalid JSON'],
    ['of the wrong type', [], 422, 'Invalid JSON'],
    ['against a rule', { ...podOf(), id: 'shop/sidecar' }, 422, 'Object is not valid'],
  ])('%s is refused and changes nothing', async (_name, body, status, message) => {
    const { ask } = aSystem();
    expect(await ask('POST', '/v2/pods', body)).toMatchObject({ status, json: { message } });
    expect(await ask('GET', '/v2/pods')).toEqual({ status: 200, json: [] });
  });

  it('takes the role of its group where the group says so', async () => {
    const { ask } = aSystem();
    await ask('PUT', '/v2/groups/shop', { enforceRole: true });
    const created = await ask('POST', '/v2/pods', podOf());
    expect(created).toMatchObject({ status: 201, json: { role: 'shop' } });
    expect(await ask('POST', '/v2/pods', podOf({ id: '/shop/other', role: '*' }))).toMatchObject({
      status: 422,
      json: { details: [{ path: '/role', errors: ['got *, expected one of: [shop]'] }] },
    });
  });
});

describe('PUT /v2/pods/{id}', () => {
  it('replaces the whole definition', async () => {
    const { ask, announced, deployment } = await withPod(podOf({ labels: { a: 'b' }, user: 'root' }));
    const answer = await ask('PUT', PATH, podOf());
    expect(answer).toEqual({ status: 200, headers: DEPLOYMENT, json: SHOWN });
    expect(await announced()).toMatchObject([
      { clientIp: '10.0.4.17', uri: PATH, eventType: 'pod_updated_event' },
      { groupId: '/shop', eventType: 'group_change_success' },
    ]);
    expect(await deployment()).toMatchObject([{ steps: [{ actions: [{ action: 'RestartPod', pod: ID }] }] }]);
  });

  it('of other instances only is a scaling', async () => {
    const { ask, deployment } = await withPod();
    expect(await ask('PUT', PATH, scaled(3))).toMatchObject({ status: 200, json: { scaling: { instances: 3 } } });
    expect(await deployment()).toMatchObject([{ steps: [{ actions: [{ action: 'ScalePod', pod: ID }] }] }]);
  });

  it('of the same keeps the version, with a deployment that is over at once', async () => {
    const { ask, deployment } = await withPod();
    const before = await ask('GET', PATH);
    const answer = await ask('PUT', PATH, podOf());
    expect(answer).toMatchObject({ status: 200, headers: DEPLOYMENT, json: before.json });
    expect(await deployment()).toEqual([]);
  });

  it('creates a pod that is not there, with 200', async () => {
    const { ask, announced } = aSystem();
    expect(await ask('PUT', PATH, podOf())).toEqual({ status: 200, headers: DEPLOYMENT, json: SHOWN });
    expect(await announced()).toMatchObject([{ eventType: 'pod_updated_event' }, { groupId: '/shop' }]);
  });

  it('with another id in the body is refused', async () => {
    const { ask } = await withPod();
    expect(await ask('PUT', '/v2/pods/shop/other', podOf())).toEqual({
      status: 400,
      json: { message: "'/shop/other' does not match definition's id ('/shop/sidecar')" },
    });
  });

  it('of a pod that is being deployed is refused, unless forced', async () => {
    const { ask } = aSystem();
    const created = await ask('POST', '/v2/pods', podOf());
    expect(await ask('PUT', PATH, scaled(2))).toEqual({
      status: 409,
      json: {
        message: expect.stringMatching(LOCKED),
        deployments: [{ id: created.headers?.['Marathon-Deployment-Id'] }],
      },
    });
    expect((await ask('PUT', PATH, scaled(2), { force: 'True' })).status).toBe(200);
  });

  it('keeps persistent volumes as they are', async () => {
    const resident = (size: number) =>
      podOf({
        containers: [container({ volumeMounts: [{ name: 'd', mountPath: '/d' }] })],
        volumes: [{ name: 'd', persistent: { size } }],
      });
    const { ask } = await withPod(resident(10));
    expect(await ask('PUT', PATH, resident(11))).toMatchObject({
      status: 422,
      json: { details: [{ path: '/', errors: ['persistent volumes cannot be updated'] }] },
    });
    expect((await ask('PUT', PATH, { ...resident(10), labels: { a: 'b' } })).status).toBe(200);
  });
});

describe('DELETE /v2/pods/{id}', () => {
  it('stops the pod: no body, the deployment in both headers', async () => {
    const { ask, announced, deployment } = await withPod();
    const answer = await ask('DELETE', PATH);
    const id = answer.headers?.['Marathon-Deployment-Id'];
    expect(answer).toEqual({ status: 202, headers: { 'Marathon-Deployment-Id': id, Location: `/${id}` } });
    expect(await announced()).toMatchObject([
      { clientIp: '10.0.4.17', uri: PATH, eventType: 'pod_deleted_event' },
      { groupId: '/shop', eventType: 'group_change_success' },
    ]);
    expect(await deployment()).toMatchObject([{ steps: [{ actions: [{ action: 'StopPod', pod: ID }] }] }]);
    expect((await ask('GET', PATH)).status).toBe(404);
  });

  it('of a pod that is being deployed is refused, unless forced', async () => {
    const { ask } = aSystem();
    await ask('POST', '/v2/pods', podOf());
    expect(await ask('DELETE', PATH)).toMatchObject({ status: 409, json: { message: expect.stringMatching(LOCKED) } });
    expect((await ask('DELETE', PATH, undefined, { force: 'true' })).status).toBe(202);
  });
});

describe('GET', () => {
  it('lists pods in the order of their ids, and no apps', async () => {
    const { ask } = await withPod();
    await ask('POST', '/v2/pods', podOf({ id: '/a' }));
    await ask('POST', '/v2/apps', { id: '/b', cmd: './serve' });
    expect(await ask('GET', '/v2/pods')).toEqual({ status: 200, json: [{ ...SHOWN, id: '/a' }, SHOWN] });
    expect(await ask('HEAD', '/v2/pods')).toMatchObject({ status: 200 });
    expect(await ask('GET', '/v2/apps')).toMatchObject({ json: { apps: [{ id: '/b' }] } });
  });

  it('tells versions, and the pod as of each', async () => {
    const { ask, finishAll } = await withPod();
    const first = (await ask('GET', PATH)).json as { version: string };
    await ask('PUT', PATH, scaled(2));
    await finishAll();
    const second = (await ask('GET', PATH)).json as { version: string };
    expect(await ask('GET', `${PATH}::versions`)).toEqual({ status: 200, json: [second.version, first.version] });
    expect(await ask('GET', `${PATH}::versions/${first.version}`)).toEqual({ status: 200, json: first });
    expect(await ask('GET', `${PATH}::versions/${second.version}`)).toEqual({ status: 200, json: second });
    expect(await ask('GET', `${PATH}::versions/2020-01-01T00:00:00.000Z`)).toEqual({
      status: 404,
      json: { message: "Pod '/shop/sidecar' does not exist" },
    });
    expect(await ask('GET', `${PATH}::versions/yesterday`)).toEqual({
      status: 422,
      json: { message: "Invalid timestamp provided 'yesterday'. Expecting ISO-8601 datetime string." },
    });
  });

  it('shows a pod that cannot be launched yet as waiting, and says why', async () => {
    const { ask, state, clock } = await withPod();
    const waiting = aScheduledInstance({ id: toInstanceId(ID, 'a-b-c-d-e'), runSpec: ID });
    await state.instances.replace(waiting, 0, { events: [], dirty: [], wake: false });
    const now = new Date(clock.now()).toISOString();
    const expected = {
      id: ID,
      spec: SHOWN,
      status: 'DEGRADED',
      statusSince: now,
      message: 'pods are not served by this version, so the instance waits: use apps',
      instances: [],
      terminationHistory: [],
      lastUpdated: now,
      lastChanged: now,
    };
    expect(await ask('GET', `${PATH}::status`)).toEqual({ status: 200, json: expected });
    expect(await ask('GET', `${PATH}/::status`)).toEqual({ status: 200, json: expected });
    expect(await ask('GET', '/v2/pods/::status')).toEqual({ status: 200, json: [expected] });
  });
});

describe('elsewhere', () => {
  it('a pod is in its group with its status, now and in former versions', async () => {
    const { ask, finishAll } = await withPod();
    const before = (await ask('GET', '/v2/groups/shop')).json as { version: string };
    expect(before).toMatchObject({ id: '/shop', apps: [], pods: [{ id: ID, spec: SHOWN, status: 'DEGRADED' }] });
    expect(await ask('GET', '/v2/groups', undefined, { embed: ['group.pods'] })).toMatchObject({
      json: { pods: [], groups: [] },
    });
    expect(await ask('GET', '/v2/groups/shop', undefined, { embed: ['group.apps'] })).toMatchObject({
      json: { pods: [] },
    });
    await ask('PUT', PATH, scaled(0));
    await finishAll();
    expect(await ask('GET', '/v2/groups/shop')).toMatchObject({ json: { pods: [{ status: 'STABLE' }] } });
    expect(await ask('GET', `/v2/groups/shop/versions/${before.version}`)).toMatchObject({
      json: { pods: [{ id: ID, spec: SHOWN }] },
    });
    expect((await ask('DELETE', '/v2/groups/shop')).status).toBe(200);
    expect(await ask('GET', '/v2/pods')).toEqual({ status: 200, json: [] });
  });

  it('is terminal in former versions while a deployment stops it', async () => {
    const { ask, finishAll } = aSystem();
    await ask('POST', '/v2/pods', podOf());
    const { version, pods } = (await ask('GET', '/v2/groups/shop')).json as { version: string; pods: unknown };
    expect(pods).toMatchObject([{ status: 'DEGRADED' }]);
    await finishAll();
    await ask('DELETE', PATH);
    const former = `/v2/groups/shop/versions/${version}`;
    expect(await ask('GET', former)).toMatchObject({ json: { pods: [{ status: 'TERMINAL' }] } });
    await finishAll();
    expect(await ask('GET', former)).toMatchObject({ json: { pods: [{ status: 'DEGRADED' }] } });
  });

  it('its waiting instances are in the queue, under pod', async () => {
    const { ask, state } = aSystem();
    await ask('POST', '/v2/pods', podOf());
    expect(await ask('GET', '/v2/queue')).toEqual({ status: 200, json: { queue: [] } });
    const waiting = aScheduledInstance({ id: toInstanceId(ID, 'a-b-c-d-e'), runSpec: ID });
    await state.instances.replace(waiting, 0, { events: [], dirty: [], wake: false });
    expect(await ask('GET', '/v2/queue')).toMatchObject({ json: { queue: [{ count: 1, role: '*', pod: SHOWN }] } });
    expect((await ask('DELETE', `/v2/queue${ID}/delay`)).status).toBe(204);
  });

  it('a deployment that is undone brings the pod back as it was', async () => {
    const { ask, finishAll } = await withPod();
    const updated = await ask('PUT', PATH, scaled(5));
    const undone = await ask('DELETE', `/v2/deployments/${updated.headers?.['Marathon-Deployment-Id']}`);
    expect(undone.status).toBe(200);
    await finishAll();
    expect(await ask('GET', PATH)).toMatchObject({ json: { scaling: { instances: 1 } } });
  });
});

describe('a pod that is not there', () => {
  const unknown = { message: "Pod '/none' does not exist" };

  row.each([
    ['GET', '/v2/pods/none', { message: '{"message": "pod with /none does not exist"}' }],
    ['DELETE', '/v2/pods/none', unknown],
    ['GET', '/v2/pods/none::status', unknown],
    ['GET', '/v2/pods/none::versions', unknown],
    ['GET', '/v2/pods/none::versions/2020-01-01T00:00:00.000Z', unknown],
    ['DELETE', '/v2/pods/none::instances', { message: "Path '/none' does not exist" }],
    ['DELETE', '/v2/pods/none::instances/none.instance-a-b', { message: "Path '/none' does not exist" }],
  ])('%s %s', async (method, path, json) => {
    const { ask } = aSystem();
    await ask('POST', '/v2/apps', { id: '/none/app', cmd: './serve' });
    expect(await ask(method, path, [])).toEqual({ status: 404, json });
  });

  row.each([
    ['GET', '/v2/pods/NONE'],
    ['DELETE', '/v2/pods/NONE'],
    ['GET', '/v2/pods/NONE::status'],
    ['GET', '/v2/pods/NONE::versions'],
    ['DELETE', '/v2/pods/NONE::instances'],
  ])('%s %s: the id is judged first', async (method, path) => {
    expect(await aSystem().ask(method, path, [])).toMatchObject({
      status: 422,
      json: {
        message: 'Object is not valid',
        details: [{ path: '/', errors: [expect.stringMatching(/^must fully match regular expression/)] }],
      },
    });
  });

  row.each([
    ['PATCH', PATH],
    ['POST', PATH],
    ['PUT', '/v2/pods'],
    ['POST', `${PATH}::status`],
  ])('%s %s does not exist', async (method, path) => {
    expect(await aSystem().ask(method, path, {})).toMatchObject({ status: 405 });
  });
});

describe('ids', () => {
  const app = { id: ID, cmd: './serve' };
  const notValid = (path: string, error: string) => ({
    status: 422,
    json: { message: 'Object is not valid', details: [{ path, errors: [error] }] },
  });
  const SHARED = 'Applications and Pods may not share the same id';

  it('of pods and apps differ', async () => {
    const { ask, finishAll } = await withPod();
    expect(await ask('POST', '/v2/apps', app)).toEqual(notValid('/', SHARED));
    expect(await ask('PUT', `/v2/apps${ID}`, app)).toEqual(notValid('/', SHARED));
    expect(await ask('GET', `/v2/apps${ID}`)).toMatchObject({ status: 404 });
    expect(await ask('DELETE', `/v2/apps${ID}`)).toMatchObject({ status: 404 });
    await ask('DELETE', PATH);
    await finishAll();
    expect((await ask('POST', '/v2/apps', app)).status).toBe(201);
    await finishAll();
    expect(await ask('POST', '/v2/pods', podOf())).toEqual(notValid('/', SHARED));
    expect(await ask('PUT', PATH, podOf())).toEqual(notValid('/', SHARED));
    expect((await ask('DELETE', PATH)).status).toBe(404);
  });

  it('of pods and groups with content differ', async () => {
    const { ask } = await withPod();
    const error = 'Groups and Pods may not have the same identifier.';
    expect(await ask('POST', '/v2/pods', podOf({ id: '/shop' }))).toMatchObject(notValid(expect.any(String), error));
    expect(await ask('POST', '/v2/pods', podOf({ id: `${ID}/below` }))).toMatchObject(
      notValid(expect.any(String), error),
    );
    expect(await ask('POST', '/v2/apps', { ...app, id: `${ID}/below` })).toMatchObject(
      notValid(expect.any(String), error),
    );
  });

  it('of empty groups are free', async () => {
    const { ask, finishAll } = await withPod();
    await ask('DELETE', PATH);
    await finishAll();
    expect((await ask('POST', '/v2/pods', podOf({ id: '/shop' }))).status).toBe(201);
  });
});

describe('kills', () => {
  const idOf = (digit: number) => toInstanceId(ID, `7d0f2a34-7b30-11eb-9d3a-00000000000${digit}`);
  const BAD_ID = "must fully match regular expression '^(.+)\\.(instance-|marathon-)([^\\.]+)$'";

  async function withInstances() {
    const system = await withPod(scaled(2));
    const instances: readonly Instance[] = [
      anInstance({ id: idOf(1), runSpec: ID, agent: anInstanceAgent({ host: 'h1' }) }),
      anInstance({ id: idOf(2), runSpec: ID }),
    ];
    for (const instance of instances)
      await system.state.instances.replace(instance, 0, { events: [], dirty: [], wake: false });
    const goals = async () => (await system.state.instances.list(ID)).map(({ value }) => value.goal);
    return { ...system, goals };
  }

  const since = new Date(EPOCH + 2_000).toISOString();
  const killed = {
    instanceId: idOf(1),
    state: { condition: 'Running', since, activeSince: since, goal: 'Running' },
    agentInfo: { host: 'h1', agentId: 'i-0a1', region: 'local', zone: 'local-a', attributes: [] },
    runSpecVersion: new Date(EPOCH).toISOString(),
    unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
  };

  it('of one instance answers it', async () => {
    const { ask, goals } = await withInstances();
    expect(await ask('DELETE', `${PATH}::instances/${idOf(1)}`)).toEqual({ status: 200, json: killed });
    expect(await goals()).toEqual(['Decommissioned', 'Running']);
    expect(await ask('DELETE', `${PATH}::instances/${idOf(3)}`)).toEqual({
      status: 404,
      json: { message: `Task '${idOf(3)}' does not exist` },
    });
  });

  it('of several pass over those that are not there', async () => {
    const { ask, goals } = await withInstances();
    const body = [idOf(1), idOf(3), idOf(1)];
    expect(await ask('DELETE', `${PATH}::instances`, body, { wipe: 'true' })).toEqual({ status: 200, json: [killed] });
    expect(await goals()).toEqual(['Decommissioned', 'Running']);
    expect(await ask('DELETE', `${PATH}::instances`, [])).toEqual({ status: 200, json: [] });
  });

  it('of what is no instance are refused whole', async () => {
    const { ask, goals } = await withInstances();
    const refused = {
      status: 422,
      json: { message: 'Object is not valid', details: [{ path: '/', errors: [BAD_ID] }] },
    };
    expect(await ask('DELETE', `${PATH}::instances`, [idOf(1), 'x'])).toEqual(refused);
    expect(await ask('DELETE', `${PATH}::instances/x`)).toEqual(refused);
    expect(await ask('DELETE', `${PATH}::instances`, { ids: [] })).toMatchObject({
      status: 422,
      json: { message: 'Invalid JSON', details: [{ path: '', errors: ['error.expected.jsarray'] }] },
    });
    expect((await ask('DELETE', `${PATH}::instances`)).status).toBe(400);
    expect(await goals()).toEqual(['Running', 'Running']);
  });

  it('leave the instances of other pods alone', async () => {
    const { ask, goals } = await withInstances();
    await ask('POST', '/v2/pods', podOf({ id: '/other' }));
    expect(await ask('DELETE', '/v2/pods/other::instances', [idOf(1)])).toEqual({ status: 200, json: [] });
    expect(await goals()).toEqual(['Running', 'Running']);
  });
});
