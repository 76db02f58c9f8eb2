import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GetLogEventsCommand, type GetLogEventsCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GROUP, type LocalLogs, startLocalLogs } from './local-logs.ts';

const ID = 'c'.repeat(32);
const STREAM = `stride/app/${ID}`;

let local: LocalLogs;
beforeEach(async () => {
  local = await startLocalLogs();
});
afterEach(() => local.close());

const get = (change: Partial<GetLogEventsCommandInput> = {}) =>
  local.client.send(
    new GetLogEventsCommand({ logGroupName: GROUP, logStreamName: STREAM, startFromHead: true, ...change }),
  );
const messages = async (change?: Partial<GetLogEventsCommandInput>) =>
  (await get(change)).events?.map(({ message }) => message);

test('a page tells where it begins and where it ends, in both directions', async () => {
  await local.start(ID);
  await local.print(ID, 'stdout', 'one\n\ntwo\nthree\n');
  const middle = await get({ nextToken: (await get({ limit: 1 })).nextForwardToken, limit: 2 });
  expect(middle.events?.map(({ message }) => message)).toEqual(['\n', 'two\n']);
  expect(await messages({ nextToken: middle.nextForwardToken })).toEqual(['three\n']);
  expect(await messages({ nextToken: middle.nextBackwardToken, startFromHead: false })).toEqual(['one\n']);
});

test('without a direction the newest events come, in the order in which they were written', async () => {
  await local.start(ID);
  await local.print(ID, 'stdout', 'one\ntwo\nthree\n');
  expect(await messages({ startFromHead: false, limit: 2 })).toEqual(['two\n', 'three\n']);
  expect(await messages({ startFromHead: false })).toEqual(['one\n', 'two\n', 'three\n']);
});

test('a group can be named by its ARN, too', async () => {
  await local.start(ID);
  await local.print(ID, 'stdout', 'one\n');
  const logGroupIdentifier = `arn:aws:logs:local:000000000000:log-group:${GROUP}`;
  expect(await messages({ logGroupName: undefined, logGroupIdentifier })).toEqual(['one\n']);
});

test('events are of the time when the file was made', async () => {
  const before = Date.now() - 1000;
  await local.start(ID);
  await local.print(ID, 'stdout', 'one\n');
  const [event] = (await get()).events ?? [];
  expect(event).toMatchObject({ timestamp: event?.ingestionTime });
  expect(event?.timestamp).toBeGreaterThan(before);
  expect(await messages({ endTime: before })).toEqual([]);
  expect(await messages({ startTime: before, endTime: Date.now() + 1000 })).toEqual(['one\n']);
});

test('a long line is cut between characters, and bytes that are no UTF-8 are replaced', async () => {
  await local.start(ID);
  const long = 'a'.repeat(262_117).concat('é'.repeat(10));
  await local.print(ID, 'stdout', `${long}\n`);
  await local.print(ID, 'stdout', Buffer.from([0xff, 0x0a]));
  expect(await messages()).toEqual(['a'.repeat(262_117), `${'é'.repeat(10)}\n`, '\ufffd\n']);
});

test.each<[string, Partial<GetLogEventsCommandInput>, string]>([
  ['a group that the template has not', { logGroupName: '/aws/secrets' }, 'ResourceNotFoundException'],
  ['a stream of another group', { logGroupName: 'other' }, 'ResourceNotFoundException'],
  ['a stream that no container has', { logStreamName: 'stride/app/none' }, 'ResourceNotFoundException'],
  ['a path', { logStreamName: '../../../../etc/passwd' }, 'ResourceNotFoundException'],
  ['no group', { logGroupName: undefined }, 'InvalidParameterException'],
  ['two groups', { logGroupIdentifier: GROUP }, 'InvalidParameterException'],
  ['no stream', { logStreamName: '' }, 'InvalidParameterException'],
  ['a stream with a character that none has', { logStreamName: 'a*' }, 'InvalidParameterException'],
  ['no events', { limit: 0 }, 'InvalidParameterException'],
  ['more than 10,000 events', { limit: 10_001 }, 'InvalidParameterException'],
  ['a token that it never gave', { nextToken: 'f/1' }, 'InvalidParameterException'],
  ['a token of a longer stream', { nextToken: `f/${'9'.repeat(56)}` }, 'InvalidParameterException'],
])('%s is refused', async (_what, change, name) => {
  await local.start(ID);
  await expect(get(change)).rejects.toMatchObject({ name });
});

test.each<[string, unknown]>([
  ['another driver', { logDriver: 'json-file' }],
  ['no prefix', { logDriver: 'awslogs', options: { 'awslogs-group': GROUP } }],
  ['none', null],
])('a container that asks for %s has no stream', async (_what, logConfiguration) => {
  await local.start(ID, logConfiguration);
  await expect(get()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  expect(await readdir(local.dataDir)).toEqual(['agents']);
});

test('a stream lives as long as its sandbox', async () => {
  await local.start(ID);
  await local.print(ID, 'stdout', 'one\n');
  await local.end(ID);
  expect(await messages()).toEqual(['one\n']);
  await local.forget(ID);
  await expect(get()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  expect(await readdir(join(local.dataDir, 'log-streams'))).toHaveLength(1);
});

test('other operations are not served', async () => {
  const call = { operation: 'PutLogEvents', input: {}, accessKeyId: 'K' };
  await expect(local.service.call(call)).rejects.toMatchObject({ code: 'UnknownOperationException' });
});
