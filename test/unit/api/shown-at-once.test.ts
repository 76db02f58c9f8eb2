import { expect, it } from 'vitest';
import { toProxyResult } from '../../../functions/api/proxy-event.ts';
import { toAppTaskId } from '../../../lib/model/ids.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { anInstance } from '../../fixtures/an-instance.ts';
import { aRequest } from './a-request.ts';
import { createTestApi } from './an-api.ts';

const QUIET = { events: [], dirty: [], wake: false };
/** More than are looked at one by one. */
const APPS = 40;
const APP = resolvePathId('/g1/app-1');

type TestApi = ReturnType<typeof createTestApi>;

const ask = (method: string, path: string, body?: unknown) => async (test: TestApi) => {
  const answer = await test.answerOn(test.store)(aRequest({ method, path, body }));
  expect(answer.status).toBeLessThan(300);
};

async function launch({ state }: TestApi): Promise<void> {
  const entry = { runSpec: APP, configVersion: toTimestamp(EPOCH), counted: [], pending: [], doomed: [] };
  const before = await state.instances.getQueueEntry(APP);
  expect(await state.instances.putQueueEntry({ ...before?.value, ...entry }, before?.rev ?? 0)).toBe(true);
  expect(await state.instances.replace(anInstance({ runSpec: APP }), 0, QUIET)).toBe(true);
}

async function instanceEnds({ state }: TestApi): Promise<void> {
  const [stored] = await state.instances.list(APP);
  if (stored === undefined) throw new Error('nothing was launched');
  expect(await state.instances.replace({ ...stored.value, condition: 'Failed' }, stored.rev, QUIET)).toBe(true);
}

async function failureIsNoted({ state }: TestApi): Promise<void> {
  const entry = await state.instances.getQueueEntry(APP);
  if (entry === undefined) throw new Error('nothing was launched');
  const lastTaskFailure = {
    runSpec: APP,
    task: toAppTaskId(anInstance().id, 1),
    host: 'host-1',
    message: 'no room',
    state: 'TASK_FAILED' as const,
    at: EPOCH,
    version: toTimestamp(EPOCH),
  };
  expect(await state.instances.putQueueEntry({ ...entry.value, lastTaskFailure }, entry.rev)).toBe(true);
}

const CHANGES: readonly (readonly [string, (test: TestApi) => Promise<void>])[] = [
  ['a change of an app', ask('PUT', APP.replace('/', '/v2/apps/'), { mem: 64 })],
  ['the end of its deployment', ({ finishAll }) => finishAll()],
  ['a new app', ask('POST', '/v2/apps', { id: '/g1/new', cmd: './new' })],
  ['a launch', launch],
  ['an instance that ends', instanceEnds],
  ['a failure', failureIsNoted],
  ['the end of another deployment', ({ finishAll }) => finishAll()],
  ['an app that goes', ask('DELETE', '/v2/apps/g0/app-0')],
  ['a group that changes', ask('PUT', '/v2/groups/g2', { dependencies: ['/g1'] })],
  ['a group that goes', ask('DELETE', '/v2/groups/g3')],
];

const ALL_EMBEDS = ['tasks', 'counts', 'deployments', 'readiness', 'lastTaskFailure', 'failures', 'taskStats'];
const LISTS = [
  aRequest(),
  aRequest({ query: { embed: ALL_EMBEDS.map((name) => `apps.${name}`) } }),
  aRequest({ query: { embed: 'apps.lastTaskFailure' } }),
  aRequest({ path: '/v2/groups' }),
  aRequest({
    path: '/v2/groups',
    query: { embed: ['group.groups', 'group.apps', ...ALL_EMBEDS.map((name) => `group.apps.${name}`)] },
  }),
  aRequest({ path: '/v2/groups/g1/apps' }),
  aRequest({ path: '/v2/tasks' }),
  aRequest({ path: '/v2/tasks', headers: { accept: 'text/plain' } }),
];

it('a process that has shown its lists before shows every change at once, as one that has just begun', async () => {
  const test = createTestApi();
  const apps = Array.from({ length: APPS }, (_, n) => ({ id: `/g${n % 4}/app-${n}`, cmd: `./serve ${n}` }));
  await ask('PUT', '/v2/apps', apps)(test);
  await test.finishAll();
  const shown = async (api: TestApi['api']): Promise<readonly string[]> => {
    const bodies: string[] = [];
    for (const request of LISTS) bodies.push(toProxyResult(request, await api(request), []).body);
    return bodies;
  };
  let before = await shown(test.api);
  for (const [name, change] of CHANGES) {
    await change(test);
    const after = await shown(test.api);
    expect(after, name).toEqual(await shown(test.answerOn(test.store)));
    expect(after, name).not.toEqual(before);
    expect(await shown(test.api), name).toEqual(after);
    before = after;
  }
});
