import { describe, expect, it } from 'vitest';
import { type Store, StoreUnavailable } from '../../../lib/gateways/store.ts';
import { toAppTaskId, toInstanceId } from '../../../lib/model/ids.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { stateKeys } from '../../../lib/state/keys.ts';
import { anInstance, anInstanceAgent, aScheduledInstance } from '../../fixtures/an-instance.ts';
import { aRequest } from './a-request.ts';
import { createTestApi } from './an-api.ts';

const CART = resolvePathId('/shop/cart');
const uuidOf = (name: string): string => `7d0f2a34-7b30-11eb-9d3a-00000000000${name}`;
const idOf = (name: string) => toInstanceId(CART, uuidOf(name));
const taskOf = (name: string) => toAppTaskId(idOf(name), 1);
const on = (host: string) => ({ agent: anInstanceAgent({ host }) });
const NO_SUCH = `shop_cart.instance-${uuidOf('9')}._app.1`;

/** `/shop/cart` with four instances wanted: two run on h1, one on h2, one waits, one is on its way out. */
async function withInstances() {
  const test = createTestApi();
  const body = { id: CART, cmd: './serve', cpus: 0.1, mem: 32, instances: 4 };
  await test.api(aRequest({ method: 'POST', body }));
  await test.finishAll();
  const one = (name: string, fields: Partial<Instance>): Instance =>
    anInstance({ id: idOf(name), runSpec: CART, ...fields });
  const instances = [
    one('1', on('h1')),
    one('2', on('h1')),
    one('3', on('h2')),
    aScheduledInstance({ id: idOf('4'), runSpec: CART }),
    one('5', { ...on('h2'), goal: 'Decommissioned', condition: 'Killing' }),
  ];
  for (const instance of instances)
    await test.state.instances.replace(instance, 0, { events: [], dirty: [], wake: false });

  const goals = async (): Promise<Readonly<Record<string, string>>> => {
    const stored = await test.state.instances.list(CART);
    return Object.fromEntries(stored.map(({ value: { id, goal } }) => [id.at(-1), goal]));
  };
  const wanted = async (): Promise<number> => {
    const { json } = await test.api(aRequest({ path: `/v2/apps${CART}` }));
    return (json as { app: { instances: number } }).app.instances;
  };
  /** The actions of the one deployment that runs. */
  const actions = async (): Promise<unknown> => {
    const root = await test.state.definitions.readRoot();
    const [id] = Object.keys(root.value.running);
    const plan = id === undefined ? undefined : await test.state.definitions.getPlan(id as never);
    return plan?.steps.flatMap((step) => step.actions);
  };
  return { ...test, goals, wanted, actions };
}

const GOALS = { 1: 'Running', 2: 'Running', 3: 'Running', 4: 'Running', 5: 'Decommissioned' };
const killed = (...names: readonly string[]) => ({
  ...GOALS,
  ...Object.fromEntries(names.map((name) => [name, 'Decommissioned'])),
});
const tasks = (...names: readonly string[]) => ({ tasks: names.map((name) => ({ id: taskOf(name), appId: CART })) });
const TASKS = `/v2/apps${CART}/tasks`;
const DELETE = '/v2/tasks/delete';

describe('a kill', () => {
  it.for([
    { what: 'of all tasks', path: TASKS, names: ['1', '2', '3', '5'] },
    { what: 'of any host', path: TASKS, query: { host: '*' }, names: ['1', '2', '3', '5'] },
    { what: 'of one host', path: TASKS, query: { host: 'h1' }, names: ['1', '2'] },
    { what: 'of a host without tasks', path: TASKS, query: { host: 'h' }, names: [] },
    { what: 'with wipe', path: TASKS, query: { wipe: 'True', host: 'h1' }, names: ['1', '2'] },
  ])('$what sets goals and shows the tasks', async ({ path, query = {}, names }) => {
    const { api, goals, wanted } = await withInstances();
    const answer = await api(aRequest({ method: 'DELETE', path, query }));
    expect(answer).toMatchObject({ status: 200, json: tasks(...names) });
    expect((answer.json as { tasks: unknown[] }).tasks).toHaveLength(names.length);
    expect(answer.headers).toBeUndefined();
    expect(await goals()).toEqual(killed(...names));
    expect(await wanted()).toBe(4);
  });

  it.for([
    ['with its incarnation', taskOf('1')],
    ['without it', `${idOf('1')}._app`],
    ['by its instance', idOf('1')],
    ['of an earlier incarnation', toAppTaskId(idOf('1'), 7)],
  ] as const)('of one task, named %s, is of its instance', async ([, id]) => {
    const { api, goals } = await withInstances();
    const answer = await api(aRequest({ method: 'DELETE', path: `${TASKS}/${id}` }));
    expect(answer).toMatchObject({ status: 200, json: { task: { id: taskOf('1'), state: 'TASK_RUNNING' } } });
    expect(await goals()).toEqual(killed('1'));
  });

  it('of tasks by their ids passes over those that are not there', async () => {
    const { api, goals } = await withInstances();
    const body = {
      ids: [taskOf('3'), NO_SUCH, taskOf('1'), `shop_cart.${uuidOf('1')}`, `none.instance-${uuidOf('1')}`],
    };
    const answer = await api(aRequest({ method: 'POST', path: DELETE, body }));
    expect(answer).toMatchObject({ status: 200, json: tasks('1', '3') });
    expect(await goals()).toEqual(killed('1', '3'));
    expect(await api(aRequest({ method: 'POST', path: DELETE, body: { ids: [NO_SUCH] } }))).toEqual({
      status: 200,
      json: { tasks: [] },
    });
  });

  it('is announced by the instance, and wakes the tick', async () => {
    const { api, outboxOf } = await withInstances();
    await api(aRequest({ method: 'DELETE', path: `${TASKS}/${taskOf('1')}` }));
    expect(await outboxOf(stateKeys('stride').instance(CART, idOf('1')))).toMatchObject({
      events: [{ eventType: 'instance_changed_event', instanceId: idOf('1') }],
      dirty: [CART],
      wake: true,
    });
  });
});

describe('a kill with scale', () => {
  const scale = { scale: 'True' };
  const kill = (...names: readonly string[]) => names.map(idOf);
  it.for([
    { what: 'all', method: 'DELETE', path: TASKS, body: '', left: 1, gone: kill('1', '2', '3') },
    { what: 'one host', method: 'DELETE', path: TASKS, query: { host: 'h1' }, body: '', left: 2, gone: kill('1', '2') },
    { what: 'one', method: 'DELETE', path: `${TASKS}/${taskOf('2')}`, body: '', left: 3, gone: kill('2') },
    { what: 'ids', method: 'POST', path: DELETE, body: { ids: [taskOf('1'), NO_SUCH] }, left: 3, gone: kill('1') },
  ])('of $what is one deployment that names the instances', async ({ method, path, query = {}, body, left, gone }) => {
    const { api, goals, wanted, actions } = await withInstances();
    const answer = await api(aRequest({ method, path, query: { ...query, ...scale }, body }));
    expect(answer).toEqual({
      status: 200,
      headers: { 'Marathon-Deployment-Id': expect.any(String) },
      json: { version: expect.any(String), deploymentId: answer.headers?.['Marathon-Deployment-Id'] },
    });
    expect(await wanted()).toBe(left);
    expect(await actions()).toEqual([{ kind: 'scale', runSpec: CART, to: left, kill: gone }]);
    // The deployment lets them go, not the API.
    expect(await goals()).toEqual(GOALS);
  });

  it.for([
    { what: 'a task that is not there', method: 'DELETE', path: `${TASKS}/${NO_SUCH}`, body: '' },
    { what: 'one on its way out', method: 'DELETE', path: `${TASKS}/${taskOf('5')}`, body: '' },
    { what: 'ids that are not there', method: 'POST', path: DELETE, body: { ids: [NO_SUCH] } },
  ])('of $what is an empty deployment', async ({ method, path, body }) => {
    const { api, wanted, actions } = await withInstances();
    const answer = await api(aRequest({ method, path, query: scale, body }));
    expect(answer).toMatchObject({ status: 200, json: { deploymentId: expect.any(String) } });
    expect(await wanted()).toBe(4);
    expect(await actions()).toBeUndefined();
  });

  it('meets the lock of the app, and breaks it by force', async () => {
    const { api } = await withInstances();
    const put = await api(aRequest({ method: 'PUT', path: `/v2/apps${CART}`, body: { instances: 5 } }));
    const holder = put.headers?.['Marathon-Deployment-Id'];
    expect(await api(aRequest({ method: 'DELETE', path: TASKS, query: scale }))).toMatchObject({
      status: 409,
      json: { deployments: [{ id: holder }] },
    });
    const query = { ...scale, force: 'true' };
    expect(await api(aRequest({ method: 'DELETE', path: TASKS, query }))).toMatchObject({ status: 200 });
  });
});

describe('a kill is refused', () => {
  const noApp = "App '/none' does not exist";
  const both = { scale: 'true', wipe: 'true' };
  const bothText = 'You cannot use scale and wipe at the same time.';
  it.for([
    ['DELETE', '/v2/apps/none/tasks', {}, '', 404, { message: noApp }],
    ['DELETE', '/v2/apps/none/tasks', { scale: 'true' }, '', 404, { message: "Path '/none' does not exist" }],
    ['DELETE', `/v2/apps/none/tasks/${NO_SUCH}`, {}, '', 404, { message: noApp }],
    ['DELETE', `${TASKS}/${NO_SUCH}`, {}, '', 404, { message: `Task '${NO_SUCH}' does not exist` }],
    ['DELETE', `${TASKS}/junk`, {}, '', 404, { message: "Task 'junk' does not exist" }],
    ['DELETE', TASKS, both, '', 400, { message: bothText }],
    ['DELETE', `${TASKS}/${taskOf('1')}`, both, '', 400, { message: bothText }],
    ['POST', DELETE, both, { ids: [] }, 400, { message: bothText }],
    [
      'POST',
      DELETE,
      {},
      { ids: [taskOf('1'), 'junk'] },
      400,
      { message: "Invalid task id 'junk'. [taskId junk no valid identifier (of class java.lang.String)]" },
    ],
    ['POST', DELETE, {}, { ids: ['a.b'] }, 422, { message: 'Invalid UUID string: b' }],
    [
      'POST',
      DELETE,
      {},
      {},
      422,
      { message: 'Invalid JSON', details: [{ path: '/ids', errors: ["'ids' is undefined on object: {}"] }] },
    ],
    [
      'POST',
      DELETE,
      {},
      { ids: [7] },
      422,
      { message: 'Invalid JSON', details: [{ path: '/ids(0)', errors: ['error.expected.jsstring'] }] },
    ],
  ] as const)('%s %s %j: %i', async ([method, path, query, body, status, json]) => {
    const { api, goals } = await withInstances();
    expect(await api(aRequest({ method, path, query, body }))).toEqual({ status, json });
    expect(await goals()).toEqual(GOALS);
  });
});

describe('a kill under fire', () => {
  const path = `${TASKS}/${taskOf('1')}`;

  it('is made again when another writer was first', async () => {
    const { store, answerOn, goals, state } = await withInstances();
    let races = 3;
    const losing: Store = {
      ...store,
      put: async (item, condition) => {
        if (item['type'] !== 'instance' || races === 0) return store.put(item, condition);
        races -= 1;
        const [first] = await state.instances.list(CART);
        if (first !== undefined)
          await state.instances.replace(first.value, first.rev, { events: [], dirty: [], wake: false });
        return store.put(item, condition);
      },
    };
    expect(await answerOn(losing)(aRequest({ method: 'DELETE', path }))).toMatchObject({ status: 200 });
    expect({ races, goals: await goals() }).toEqual({ races: 0, goals: killed('1') });
  });

  it('says what is left when it never wins', async () => {
    const { store, answerOn } = await withInstances();
    const losing: Store = {
      ...store,
      put: async (item, condition) => (item['type'] === 'instance' ? false : store.put(item, condition)),
    };
    expect(await answerOn(losing)(aRequest({ method: 'DELETE', path: TASKS }))).toEqual({
      status: 503,
      json: { message: '3 of the tasks changed too often to be killed; the others are. Repeat the request.' },
    });
  });

  it('says that the store did not answer', async () => {
    const { store, answerOn } = await withInstances();
    const silent: Store = { ...store, put: () => Promise.reject(new StoreUnavailable('no answer')) };
    expect(await answerOn(silent)(aRequest({ method: 'DELETE', path }))).toMatchObject({ status: 503 });
  });
});
