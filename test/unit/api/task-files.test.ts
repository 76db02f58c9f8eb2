import { beforeEach, describe, expect, it } from 'vitest';
import { createApi } from '../../../functions/api/api.ts';
import { type TaskFileName, TaskFilesUnavailable } from '../../../lib/gateways/task-files.ts';
import { type LaunchId, type TaskArn, toAppTaskId, toInstanceId } from '../../../lib/model/ids.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { anEndedTask } from '../../fixtures/an-ended-task.ts';
import { anInstance } from '../../fixtures/an-instance.ts';
import { createControlPlane } from '../../simulation/control-plane.ts';
import { seededIds } from '../../simulation/seeded-ids.ts';
import { aRequest } from './a-request.ts';
import { createTestApi } from './an-api.ts';
import { asDeclared } from './declared-answers.ts';

const CART = resolvePathId('/shop/cart');
const UUID = '7d0f2a34-7b30-11eb-9d3a-0242ac110002';
const INSTANCE = toInstanceId(CART, UUID);
const TASK = toAppTaskId(INSTANCE, 2);
const ARN = 'arn:aws:ecs:local:000000000000:task/stride/two' as TaskArn;
const FORMER = 'arn:aws:ecs:local:000000000000:task/stride/one' as TaskArn;
const launch = { id: 'launch' as LaunchId, at: 0, ecsVersion: 1 };
const SECOND = 1_000;

let test: ReturnType<typeof createTestApi>;
beforeEach(() => {
  test = createTestApi();
});

const store = (fields: Partial<Instance>) =>
  test.state.instances.replace(
    anInstance({ id: INSTANCE, runSpec: CART, incarnation: 2, launch: { ...launch, arn: ARN }, ...fields }),
    0,
    { events: [], dirty: [], wake: false },
  );
const print = (text: string, { task = ARN, container = 'app', name = 'stdout' as TaskFileName } = {}) =>
  test.taskFiles.append({ task, container, name }, text);
const read = (
  query: Readonly<Record<string, string>> = {},
  { task = TASK as string, name = 'stdout', headers = {} } = {},
) => test.api(aRequest({ path: `/stride/v1/tasks/${task}/files/${name}`, query, headers }));
const page = (text: string, offset: string) => ({ status: 200, text, headers: { 'Stride-Next-Offset': offset } });

describe('a file of a task', () => {
  beforeEach(() => store({}));

  it('comes as text with the offset of what follows, or in JSON', async () => {
    print('one\ntwo\n');
    expect(await read()).toEqual(page('one\ntwo\n', 'f/8'));
    const headers = { accept: 'application/json' };
    expect(await read({}, { headers })).toEqual({ status: 200, json: { data: 'one\ntwo\n', nextOffset: 'f/8' } });
  });

  it('is read from an offset on, or its newest lines, as many as are asked for', async () => {
    print('one\ntwo\nthree\n');
    expect(await read({ limit: '1' })).toEqual(page('one\n', 'f/4'));
    expect(await read({ offset: 'f/4', limit: '1' })).toEqual(page('two\n', 'f/8'));
    expect(await read({ offset: 'end', limit: '2' })).toEqual(page('two\nthree\n', 'f/14'));
    expect(await read({ offset: 'f/14' })).toEqual(page('', 'f/14'));
    for (const offset of ['', '0'])
      expect(await read({ offset, limit: '' })).toEqual(page('one\ntwo\nthree\n', 'f/14'));
  });

  it('is that of its container: `_app` is the app’s, and so is an instance’s; pods name theirs', async () => {
    print('app\n');
    print('web\n', { container: 'web' });
    for (const task of [TASK, `${INSTANCE}._app`, INSTANCE])
      expect(await read({}, { task })).toMatchObject({ text: 'app\n' });
    expect(await read({}, { task: `${INSTANCE}.web.2` })).toMatchObject({ text: 'web\n' });
  });

  it('may be stderr', async () => {
    print('out\n');
    print('err\n', { name: 'stderr' });
    expect(await read({}, { name: 'stderr' })).toMatchObject({ text: 'err\n' });
  });

  it.each(['0', '-1', '10001', '1.5', '1e3', 'many', '٣'])('has no page of %s lines', async (limit) => {
    expect(await read({ limit })).toEqual({
      status: 422,
      json: { message: `limit is a whole number from 1 to 10000, not '${limit}'` },
    });
  });

  it('has no page at an offset that no answer gave', async () => {
    print('one\n');
    expect(await read({ offset: 'f/99' })).toMatchObject({
      status: 422,
      json: { message: expect.stringContaining("'f/99'") },
    });
  });

  it.each(['stdin', 'stdout.log', 'STDOUT', '__proto__'])('is not %s; what there is, is named', async (name) => {
    print('');
    print('', { name: 'stderr' });
    const message = `Task '${TASK}' has no file '${name}': there is stdout and stderr.`;
    expect(await read({}, { name })).toEqual({ status: 404, json: { message } });
  });

  it('is not stderr where both are one stream', async () => {
    print('both\n');
    const why = 'there is stdout. The log driver of ECS writes stderr there too.';
    const message = `Task '${TASK}' has no file 'stderr': ${why}`;
    expect(await read({}, { name: 'stderr' })).toEqual({ status: 404, json: { message } });
  });

  it.each(['..%2F..%2Fetc%2Fpasswd', '..', '.%00'])('is no path: %s', async (name) => {
    expect(await read({}, { name })).toMatchObject({ status: 404 });
  });

  it('is not to be had while the log does not answer', async () => {
    const logged: string[] = [];
    const log = { info: () => undefined, error: (message: string) => void logged.push(message) };
    const taskFiles = { read: () => Promise.reject(new TaskFilesUnavailable('throttled')) };
    const { state, clock, config } = test;
    const api = asDeclared(createApi({ state, taskFiles, clock, ids: seededIds(), config, log }));
    const message = 'The log of tasks did not answer. Nothing was changed: please try again.';
    const answer = await api(aRequest({ path: `/stride/v1/tasks/${TASK}/files/stdout` }));
    expect(answer).toEqual({ status: 503, json: { message } });
    expect(logged).toEqual([message]);
  });
});

describe('a task', () => {
  it.each([
    'no-task',
    'shop_cart.instance-none._app.1',
    `shop_cart.${UUID}`,
    `shop_other.instance-${UUID}._app.1`,
    `${INSTANCE}._app.3`,
    `${INSTANCE}.a:b.2`,
    `${INSTANCE}.a%2Fb.2`,
  ])('is not known: %s', async (task) => {
    await store({});
    expect(await read({}, { task })).toMatchObject({ status: 404 });
  });

  it('that is not launched yet does not exist', async () => {
    const { launch: _launch, ...scheduled } = anInstance({ id: INSTANCE, runSpec: CART, incarnation: 0 });
    await test.state.instances.replace({ ...scheduled, condition: 'Scheduled' }, 0, {
      events: [],
      dirty: [],
      wake: false,
    });
    expect(await read({}, { task: INSTANCE })).toEqual({
      status: 404,
      json: { message: `Task '${INSTANCE}' does not exist` },
    });
  });

  it.each([
    ['on its way', { launch, condition: 'Provisioned' as const }],
    ['without output', { condition: 'Staging' as const }],
  ])('%s has printed nothing yet', async (_what, fields) => {
    await store(fields);
    expect(await read()).toEqual(page('', '0'));
    expect(await read({}, { name: 'stderr' })).toEqual(page('', '0'));
    expect(await read({}, { name: 'other' })).toMatchObject({ status: 404 });
  });

  it('that has ended without output, or long ago, has no files', async () => {
    await store({ condition: 'Failed' });
    const why =
      'nothing that it printed is kept: it never ran, it ended too long ago, or its app has a log driver of its own.';
    expect(await read()).toEqual({ status: 404, json: { message: `Task '${TASK}' has no file 'stdout': ${why}` } });
  });

  it('that ended before its instance was launched again is still readable, with or without the instance', async () => {
    await test.state.endedTasks.put(anEndedTask({ instance: INSTANCE, runSpec: CART, arn: FORMER }), 30);
    print('before\n', { task: FORMER });
    const former = toAppTaskId(INSTANCE, 1);
    expect(await read({}, { task: former })).toMatchObject({ text: 'before\n' });
    await store({});
    expect(await read({}, { task: former })).toMatchObject({ text: 'before\n' });
  });
});

describe('a follower', () => {
  beforeEach(() => store({}));

  it('is answered at once when there is something', async () => {
    print('one\n');
    expect(await read({ follow: 'true' })).toEqual(page('one\n', 'f/4'));
  });

  it('is answered as soon as there is more', async () => {
    print('one\n');
    const answer = read({ follow: 'true', offset: 'f/4' });
    await test.clock.pass(5 * SECOND);
    print('two\n');
    await test.clock.pass(SECOND);
    expect(await answer).toEqual(page('two\n', 'f/8'));
  });

  it('waits for the task to begin', async () => {
    const answer = read({ follow: 'true' });
    await test.clock.pass(3 * SECOND);
    print('one\n');
    await test.clock.pass(SECOND);
    expect(await answer).toEqual(page('one\n', 'f/4'));
  });

  it('gets nothing after 25 seconds of nothing, and not before', async () => {
    print('one\n');
    let isAnswered = false;
    const answer = read({ follow: 'true', offset: 'f/4' }).finally(() => {
      isAnswered = true;
    });
    await test.clock.pass(24 * SECOND);
    expect(isAnswered).toBe(false);
    await test.clock.pass(SECOND);
    expect(await answer).toEqual(page('', 'f/4'));
  });

  it.each([
    ['wants a file that is none', {}, 'other', 404],
    ['wants what is elsewhere', {}, 'stderr', 404],
    ['begins nowhere', { offset: 'nowhere' }, 'stdout', 422],
  ])('is refused at once when it %s', async (_what, query, name, status) => {
    print('one\n');
    expect(await read({ follow: 'true', ...query }, { name })).toMatchObject({ status });
  });
});

describe('with the scheduler', () => {
  it('what every task printed is known after its app, its instance and its launch are gone', async () => {
    const plane = createControlPlane();
    await plane.request('POST', '/v2/apps', { id: '/app', cmd: './run', cpus: 0.1, mem: 32, backoffSeconds: 1 });
    const [id] = await runningTasks(plane);
    const [first] = (await plane.state.instances.list(resolvePathId('/app'))).map(({ value }) => value.launch?.arn);
    plane.cluster.exit(first as TaskArn, 1);
    const [next] = await runningTasks(plane);
    expect(next).not.toBe(id);
    const [second] = (await plane.state.instances.list(resolvePathId('/app'))).map(({ value }) => value.launch?.arn);
    await plane.request('DELETE', '/v2/apps/app');
    await plane.clock.pass(60 * SECOND);
    expect(await plane.state.instances.list(resolvePathId('/app'))).toEqual([]);
    for (const [task, arn] of [
      [id, first],
      [next, second],
    ] as const) {
      plane.taskFiles.append({ task: arn as TaskArn, container: 'app', name: 'stdout' }, `${task}\n`);
      expect(await plane.request('GET', `/stride/v1/tasks/${task}/files/stdout`)).toMatchObject({ text: `${task}\n` });
    }
  });

  async function runningTasks(plane: ReturnType<typeof createControlPlane>): Promise<readonly string[]> {
    await plane.clock.pass(30 * SECOND);
    const { json } = await plane.request('GET', '/v2/apps/app/tasks');
    return (json as { tasks: { id: string; state: string }[] }).tasks
      .filter(({ state }) => state === 'TASK_RUNNING')
      .map((task) => task.id);
  }
});
