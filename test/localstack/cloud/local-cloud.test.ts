import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { LocalCloud } from '../../../localstack/cloud/local-cloud.ts';
import { readControlFile } from '../../../localstack/control/control-file.ts';
import { aDirectory } from '../template/an-assembly.ts';
import { aLocalCloud, aStack, aStackAssembly } from './a-stack.ts';

/** Generous, for machines with a lot to do; a test goes on as soon as it can. */
const SOON = 10_000;

const undo: (() => Promise<void>)[] = [];
const later = (each: () => Promise<void>) => void undo.unshift(each);
let assembly: string;
beforeAll(async () => {
  assembly = await aStackAssembly(aStack(), later);
});
afterAll(async () => {
  for (const each of undo) await each();
});

const get = async (cloud: LocalCloud, path: string): Promise<unknown> => (await fetch(`${cloud.url}${path}`)).json();
const post = (cloud: LocalCloud, path: string, body: string) => fetch(`${cloud.url}${path}`, { method: 'POST', body });

async function control(cloud: LocalCloud, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${cloud.controlUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${readControlFile(cloud.dataDirectory)?.token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.status).toBe(200);
  return response.json();
}

describe('a running local cloud', () => {
  let cloud: LocalCloud;
  beforeAll(async () => {
    cloud = await aLocalCloud({ assembly, dataDirectory: await aDirectory(later) });
    later(() => cloud.stop());
  });

  test('answers at the root and under the stage', async () => {
    expect(await (await fetch(`${cloud.url}/ping`)).text()).toBe('pong');
    expect(await (await fetch(`${cloud.url}/marathon/ping`)).text()).toBe('pong');
  });

  test('functions find ECS, whose agents have joined the template’s cluster', async () => {
    expect(await get(cloud, '/agents')).toEqual([
      expect.stringMatching(/^arn:aws:ecs:local:000000000000:container-instance\/test\/[0-9a-f]{32}$/),
    ]);
  });

  test('a write reaches the function on the table’s stream, if its filter wants it', async () => {
    await post(cloud, '/jobs', '1');
    await vi.waitFor(
      async () => expect(await get(cloud, '/seen')).toMatchObject({ 'seen#stream job#1': 'INSERT' }),
      SOON,
    );
  });

  test('an event on the default bus goes through its rule and the queue to the function', async () => {
    const event = { source: 'aws.test', detailType: 'Test Change', detail: { n: 7 } };
    expect(await control(cloud, 'POST', '/events', event)).toMatchObject({ source: 'aws.test', detail: { n: 7 } });
    await vi.waitFor(
      async () => expect(await get(cloud, '/seen')).toMatchObject({ 'seen#queue 7': 'Test Change' }),
      SOON,
    );
  });

  test('an event that a function puts on the bus invokes the rule’s function', async () => {
    expect(await (await post(cloud, '/wake', '{"why":"test"}')).json()).toMatchObject({ FailedEntryCount: 0 });
    await vi.waitFor(
      async () => expect(await get(cloud, '/seen')).toMatchObject({ 'seen#tick wake': { why: 'test' } }),
      SOON,
    );
  });

  test('the schedule fires shortly after the start', async () => {
    await vi.waitFor(
      async () => expect(await get(cloud, '/seen')).toMatchObject({ 'seen#tick Scheduled Event': {} }),
      SOON,
    );
  });

  test('its data directory is its alone', async () => {
    await expect(aLocalCloud({ assembly, dataDirectory: cloud.dataDirectory })).rejects.toThrow(
      `the data directory ${cloud.dataDirectory} is in use by another local cloud (process ${process.pid}): stop it, or choose another directory with --data`,
    );
    expect(await (await fetch(`${cloud.url}/ping`)).text()).toBe('pong');
  });

  test('its port cannot be had twice', async () => {
    const port = Number(new URL(cloud.url).port);
    await expect(aLocalCloud({ assembly, port, dataDirectory: await aDirectory() })).rejects.toThrow(
      `port ${port} of 127.0.0.1 is in use: choose another with --port (0 picks a free one)`,
    );
  });
});

test('a changed stack shows over HTTP, and state survives the restart', async () => {
  const dataDirectory = await aDirectory();
  const before = await aLocalCloud({ assembly, dataDirectory });
  await post(before, '/jobs', 'kept');
  await vi.waitFor(async () => expect(await get(before, '/seen')).toHaveProperty(['seen#stream job#kept']), SOON);
  expect(await get(before, '/greeting')).toBe('hello');
  await before.stop();
  expect(readControlFile(dataDirectory)).toBeUndefined();

  const changed = await aStackAssembly(aStack({ greeting: 'changed', source: 'aws.other', visibilitySeconds: 600 }));
  const after = await aLocalCloud({ assembly: changed, dataDirectory });
  onTestFinished(() => after.stop());
  expect(await get(after, '/seen')).toHaveProperty(['seen#stream job#kept']);
  // The environment variable.
  expect(await get(after, '/greeting')).toBe('changed');
  // The event pattern: the former source is no longer wanted.
  await control(after, 'POST', '/events', { source: 'aws.test', detailType: 'Test Change', detail: { n: 1 } });
  await control(after, 'POST', '/events', { source: 'aws.other', detailType: 'Test Change', detail: { n: 2 } });
  await vi.waitFor(async () => expect(await get(after, '/seen')).toHaveProperty(['seen#queue 2']), SOON);
  expect(await get(after, '/seen')).not.toHaveProperty(['seen#queue 1']);
  // The visibility time-out: an event that its function cannot handle stays in flight that long.
  await control(after, 'POST', '/events', {
    source: 'aws.other',
    detailType: 'Poison',
    detail: { n: { toString: 1 } },
  });
  await vi.waitFor(
    async () =>
      expect(await control(after, 'GET', '/queues/events/messages')).toMatchObject([
        { receiveCount: 1, visibleAt: expect.toSatisfy((at: number) => at > Date.now() + 500_000) },
      ]),
    SOON,
  );
});

test('an ephemeral local cloud runs beside another on the same directory and leaves nothing', async () => {
  const dataDirectory = await aDirectory();
  const clouds = await Promise.all([
    aLocalCloud({ assembly, dataDirectory, ephemeral: true }),
    aLocalCloud({ assembly, dataDirectory, ephemeral: true }),
  ]);
  const [first, second] = clouds;
  await post(first, '/jobs', '1');
  await vi.waitFor(async () => expect(await get(first, '/seen')).toHaveProperty(['seen#stream job#1']), SOON);
  expect(await get(second, '/seen')).not.toHaveProperty(['seen#stream job#1']);
  await Promise.all(clouds.map((cloud) => cloud.stop()));
  expect(await readdir(join(dataDirectory, 'ephemeral'))).toEqual([]);
  await expect(fetch(first.url)).rejects.toThrow();
});

test('what cannot be started says why, and gives the directory free', async () => {
  const dataDirectory = await aDirectory();
  const file = join(dataDirectory, 'agents.json');
  await writeFile(file, '[{"host":"a","colour":"blue"}]');
  await expect(aLocalCloud({ assembly, dataDirectory, agents: { file } })).rejects.toThrow(
    'agent 1, colour: there is no such field',
  );
  const broken = await aStackAssembly({ ...aStack(), Topic: { Type: 'AWS::SNS::Topic' } });
  await expect(aLocalCloud({ assembly: broken, dataDirectory })).rejects.toThrow(
    'resource Topic (AWS::SNS::Topic): the local cloud does not execute',
  );
  const { Cluster: _gone, ...clusterless } = aStack();
  const none = await aStackAssembly({ ...clusterless, Cluster: { Type: 'AWS::ECS::CapacityProvider' } });
  await expect(aLocalCloud({ assembly: none, dataDirectory })).rejects.toThrow('it has 0 ECS clusters');
  await expect(aLocalCloud({ assembly, dataDirectory: join(file, 'below') })).rejects.toThrow(
    /^the data directory .*agents\.json\/below cannot be written \(ENOTDIR.*\): choose another with --data$/,
  );
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  onTestFinished(() => void blocker.close());
  const address = blocker.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  await expect(aLocalCloud({ assembly, dataDirectory, port })).rejects.toThrow(`port ${port} of 127.0.0.1 is in use`);
  const cloud = await aLocalCloud({ assembly, dataDirectory });
  await cloud.stop();
});
