import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openQueues } from '../../../localstack/queue/queue-service.ts';
import type { QueueModel } from '../../../localstack/template/cloud-model.ts';
import { aDirectory } from '../template/an-assembly.ts';

const JOBS = 'arn:jobs';
const DEAD = 'arn:dead';

const aQueue = (arn: string, change: Partial<QueueModel> = {}): QueueModel => ({
  logicalId: arn,
  name: arn.slice(4),
  arn,
  visibilityTimeoutSeconds: 30,
  delaySeconds: 0,
  retentionSeconds: 3600,
  maxMessageBytes: 1024,
  redrive: undefined,
  ...change,
});

function open(jobs: Partial<QueueModel> = {}, file = ':memory:') {
  vi.useFakeTimers({ now: 1_000_000 });
  const queues = openQueues([aQueue(JOBS, jobs), aQueue(DEAD)], file);
  onTestFinished(() => {
    vi.useRealTimers();
  });
  return queues;
}

const bodies = (messages: readonly { readonly body: string }[]) => messages.map(({ body }) => body);

test('messages come in the order they were sent, hidden from others once received', () => {
  const queues = open();
  for (const body of ['a', 'b', 'c']) queues.send(JOBS, body);
  const received = queues.receive(JOBS, 2);
  expect(received).toEqual([
    {
      id: expect.any(String),
      body: 'a',
      sentAt: 1_000_000,
      firstReceivedAt: 1_000_000,
      receiveCount: 1,
      visibleAt: 1_030_000,
      receipt: expect.any(String),
    },
    {
      id: expect.any(String),
      body: 'b',
      sentAt: 1_000_000,
      firstReceivedAt: 1_000_000,
      receiveCount: 1,
      visibleAt: 1_030_000,
      receipt: expect.any(String),
    },
  ]);
  expect(bodies(queues.receive(JOBS, 10))).toEqual(['c']);
  expect(queues.receive(JOBS, 10)).toEqual([]);
  expect(queues.status(JOBS)).toEqual({
    name: 'jobs',
    arn: JOBS,
    visible: 0,
    inFlight: 3,
    delayed: 0,
    deadLetterQueue: undefined,
  });
});

test('a deleted message is gone; another shows again after the visibility time-out, and listeners hear of it', () => {
  const queues = open();
  queues.send(JOBS, 'done');
  queues.send(JOBS, 'left');
  const [first] = queues.receive(JOBS, 10);
  queues.delete(first?.receipt ?? '');
  const heard = vi.fn();
  queues.onVisible(JOBS, heard);
  vi.advanceTimersByTime(29_999);
  expect(heard).not.toHaveBeenCalled();
  expect(queues.receive(JOBS, 10)).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(heard).toHaveBeenCalledOnce();
  expect(queues.receive(JOBS, 10)).toMatchObject([{ body: 'left', receiveCount: 2, firstReceivedAt: 1_000_000 }]);
});

test('an old receipt deletes nothing', () => {
  const queues = open();
  queues.send(JOBS, 'a');
  const [first] = queues.receive(JOBS, 1);
  vi.advanceTimersByTime(30_000);
  queues.receive(JOBS, 1);
  queues.delete(first?.receipt ?? '');
  expect(queues.status(JOBS)).toMatchObject({ inFlight: 1 });
});

test('a delayed message shows after its delay', () => {
  const queues = open({ delaySeconds: 5 });
  const heard = vi.fn();
  queues.onVisible(JOBS, heard);
  queues.send(JOBS, 'later');
  expect(queues.status(JOBS)).toMatchObject({ visible: 0, delayed: 1 });
  expect(queues.receive(JOBS, 1)).toEqual([]);
  vi.advanceTimersByTime(5_000);
  expect(heard).toHaveBeenCalledOnce();
  expect(bodies(queues.receive(JOBS, 1))).toEqual(['later']);
});

test('a message received as often as allowed goes to the dead-letter queue, and makes room for the next', () => {
  const queues = open({ redrive: { targetArn: DEAD, maxReceiveCount: 2 } });
  const heard = vi.fn();
  queues.onVisible(DEAD, heard);
  queues.send(JOBS, 'poison');
  for (const _ of [1, 2]) {
    expect(bodies(queues.receive(JOBS, 1))).toEqual(['poison']);
    vi.advanceTimersByTime(30_000);
  }
  queues.send(JOBS, 'good');
  expect(bodies(queues.receive(JOBS, 1))).toEqual(['good']);
  expect(heard).toHaveBeenCalledOnce();
  expect(queues.status(JOBS)).toMatchObject({ inFlight: 1, deadLetterQueue: 'dead' });
  expect(queues.peek(DEAD, 10)).toMatchObject([{ body: 'poison', receiveCount: 0 }]);
});

test('messages older than the retention period are dropped', () => {
  const queues = open({ retentionSeconds: 60 });
  queues.send(JOBS, 'old');
  vi.advanceTimersByTime(61_000);
  expect(queues.receive(JOBS, 1)).toEqual([]);
  expect(queues.status(JOBS)).toMatchObject({ visible: 0 });
});

test('a message over the limit, and an unknown queue, are refused by name', () => {
  const queues = open();
  expect(() => queues.send(JOBS, 'x'.repeat(1025))).toThrow(
    'a message of 1025 bytes is over the limit of queue jobs, 1024 bytes',
  );
  expect(() => queues.send('arn:other', 'x')).toThrow('the template has no queue arn:other');
});

test('messages survive a restart, and those that were in flight show at once: their reader is gone', async () => {
  const file = join(await aDirectory(), 'queues.db');
  const before = open({}, file);
  before.send(JOBS, 'in flight');
  before.receive(JOBS, 1);
  before.send(JOBS, 'waiting');
  before.close();
  const after = open({}, file);
  expect(after.receive(JOBS, 10)).toMatchObject([
    { body: 'in flight', receiveCount: 2 },
    { body: 'waiting', receiveCount: 1 },
  ]);
  after.close();
});
