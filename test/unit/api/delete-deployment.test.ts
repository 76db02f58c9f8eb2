import { describe, expect, it } from 'vitest';
import { type Store, StoreUnavailable } from '../../../lib/gateways/store.ts';
import type { DeploymentId } from '../../../lib/model/ids.ts';
import { stateKeys } from '../../../lib/state/keys.ts';
import { aRequest } from './a-request.ts';
import { createTestApi } from './an-api.ts';

const appOf = (id: string, fields = {}) => ({ id, cmd: './serve', cpus: 0.1, mem: 32, ...fields });
const ROOT = stateKeys('stride').root;

/** `/a`, `/g/b` and `/other`, deployed; then one deployment that changes `/a`, removes `/g/b` and adds `/h/new`. */
async function withDeployment() {
  const test = createTestApi();
  await test.api(aRequest({ method: 'PUT', body: [appOf('/a'), appOf('/g/b'), appOf('/other')] }));
  await test.finishAll();
  await test.clock.pass(1_000);
  const put = await test.api(aRequest({ method: 'PUT', body: [{ id: '/a', cmd: 'new' }, appOf('/h/new')] }));
  const id = String(put.headers?.['Marathon-Deployment-Id']);
  const remove = (query = {}, path = `/v2/deployments/${id}`) => test.api(aRequest({ method: 'DELETE', path, query }));
  const running = async () => Object.keys((await test.state.definitions.readRoot()).value.running);
  const apps = async (): Promise<unknown> => {
    const { json } = await test.api(aRequest());
    return (json as { apps: readonly { id: string; cmd: string }[] }).apps.map(({ id, cmd }) => [id, cmd]);
  };
  const ids = async () => {
    const { value } = await test.state.definitions.readRoot();
    return [...(await test.state.definitions.loadTree(value.tree)).entries.keys()].toSorted();
  };
  return { ...test, id, remove, running, apps, ids };
}

const BEFORE = [
  ['/a', './serve'],
  ['/g/b', './serve'],
  ['/other', './serve'],
];
const AFTER = [
  ['/a', 'new'],
  ['/g/b', './serve'],
  ['/h/new', './serve'],
  ['/other', './serve'],
];

describe('a deployment that is deleted', () => {
  it('is undone by a new one, which pushes it out', async () => {
    const { remove, running, apps, ids, state, outboxOf, id } = await withDeployment();
    const answer = await remove();
    const back = answer.headers?.['Marathon-Deployment-Id'];
    expect(answer).toEqual({
      status: 200,
      headers: { 'Marathon-Deployment-Id': expect.any(String) },
      json: { version: expect.any(String), deploymentId: back },
    });
    expect(await running()).toEqual([back]);
    expect(await apps()).toEqual(BEFORE);
    expect(await ids()).toEqual(['/a', '/g', '/g/b', '/other']);
    const plan = await state.definitions.getPlan(back as DeploymentId);
    expect(plan?.steps.map(({ actions }) => actions)).toEqual([
      [{ kind: 'stop', runSpec: '/h/new' }],
      [{ kind: 'restart', runSpec: '/a' }],
    ]);
    expect(await outboxOf(ROOT)).toMatchObject({
      events: [
        { eventType: 'deployment_failed', id, reason: 'The upgrade has been cancelled' },
        { eventType: 'group_change_success', groupId: '/' },
      ],
      wake: true,
    });
  });

  it('keeps what others changed since', async () => {
    const { api, remove, apps } = await withDeployment();
    await api(aRequest({ method: 'PUT', path: '/v2/apps/other', body: { cmd: 'later' } }));
    await remove();
    expect(await apps()).toEqual([...BEFORE.slice(0, 2), ['/other', 'later']]);
  });

  it('brings back apps that it removed, as a new version', async () => {
    const { api, apps, finishAll, clock, remove } = await withDeployment();
    await finishAll();
    await clock.pass(1_000);
    const gone = await api(aRequest({ method: 'DELETE', path: '/v2/apps/g/b' }));
    expect(await apps()).toEqual(AFTER.filter(([id]) => id !== '/g/b'));
    await clock.pass(1_000);
    expect(await remove({}, `/v2/deployments/${gone.headers?.['Marathon-Deployment-Id']}`)).toMatchObject({
      status: 200,
    });
    expect(await apps()).toEqual(AFTER);
    expect(await api(aRequest({ path: '/v2/apps/g/b' }))).toMatchObject({
      json: { app: { version: '2021-03-02T08:00:03.000Z' } },
    });
  });

  it('is only ended with force: everything stays as it is', async () => {
    const { remove, running, apps, outboxOf, id } = await withDeployment();
    expect(await remove({ force: 'True' })).toEqual({ status: 202 });
    expect(await running()).toEqual([]);
    expect(await apps()).toEqual(AFTER);
    expect(await outboxOf(ROOT)).toMatchObject({
      events: [{ eventType: 'deployment_failed', id, reason: 'The upgrade has been cancelled' }],
      dirty: ['/h/new', '/a'],
      wake: true,
    });
    expect(await remove({ force: 'true' })).toMatchObject({ status: 404 });
  });

  it.for([{}, { force: 'true' }])('must run: %j', async (query) => {
    const { remove, running, id } = await withDeployment();
    const answer = { status: 404, json: { message: 'DeploymentPlan none does not exist' } };
    expect(await remove(query, '/v2/deployments/none')).toEqual(answer);
    expect(await running()).toEqual([id]);
  });

  it('cannot be looked at alone', async () => {
    const { api, id } = await withDeployment();
    expect(await api(aRequest({ path: `/v2/deployments/${id}` }))).toMatchObject({ status: 405 });
  });

  it('is found to have been ended although the store did not say so', async () => {
    const { store, answerOn, running, clock, id } = await withDeployment();
    let silent = true;
    const dropping: Store = {
      ...store,
      put: async (item, condition) => {
        const done = await store.put(item, condition);
        if (!silent) return done;
        silent = false;
        throw new StoreUnavailable('no answer');
      },
    };
    const answer = answerOn(dropping)(
      aRequest({ method: 'DELETE', path: `/v2/deployments/${id}`, query: { force: 'true' } }),
    );
    await clock.pass(1_000);
    expect(await answer).toEqual({ status: 202 });
    expect(await running()).toEqual([]);
  });
});
