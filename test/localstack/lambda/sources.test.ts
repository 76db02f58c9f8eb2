import { expect, onTestFinished, test, vi } from 'vitest';
import type { StreamConsumer } from '../../../localstack/dynamodb/dynamodb.ts';
import type { StreamRecord } from '../../../localstack/dynamodb/stream-record.ts';
import { createAsynchronousInvoker } from '../../../localstack/lambda/asynchronous-invoker.ts';
import type { InvokeOutcome } from '../../../localstack/lambda/function-worker.ts';
import type { LambdaService } from '../../../localstack/lambda/lambda-service.ts';
import { startQueueSource } from '../../../localstack/lambda/queue-source.ts';
import { compileFilters, startStreamSource } from '../../../localstack/lambda/stream-source.ts';
import { openQueues } from '../../../localstack/queue/queue-service.ts';
import type {
  FunctionModel,
  QueueModel,
  QueueSourceModel,
  StreamSourceModel,
} from '../../../localstack/template/cloud-model.ts';

/** Generous, for machines with a lot to do; a test goes on as soon as it can. */
const SOON = 10_000;

const JOBS = 'arn:jobs';
const DEAD = 'arn:dead';

function someQueues(jobs: Partial<QueueModel> = {}) {
  const aQueue = (arn: string, change: Partial<QueueModel>): QueueModel => ({
    logicalId: arn,
    name: arn.slice(4),
    arn,
    visibilityTimeoutSeconds: 0,
    delaySeconds: 0,
    retentionSeconds: 3600,
    maxMessageBytes: 100_000,
    redrive: undefined,
    ...change,
  });
  const queues = openQueues([aQueue(JOBS, jobs), aQueue(DEAD, {})], ':memory:');
  onTestFinished(() => queues.close());
  return queues;
}

interface Batch {
  readonly Records: readonly {
    readonly body: string;
    readonly messageId: string;
    readonly dynamodb: { readonly SequenceNumber: string };
  }[];
}

const FAILED: InvokeOutcome = { ok: false, error: { errorType: 'Error', errorMessage: 'no' } };

/** Lambda whose one function is the test's own. */
function aLambda(handle: (event: Batch, attempt: number) => unknown): LambdaService {
  let attempt = 0;
  return {
    async invoke(_name, event) {
      attempt += 1;
      try {
        return { ok: true, result: JSON.stringify((await handle(event as Batch, attempt)) ?? null) };
      } catch {
        return FAILED;
      }
    },
    invokeStreaming: async () => FAILED,
    prewarm: async () => [],
    stop: async () => {},
  };
}

const queueSource = (change: Partial<QueueSourceModel> = {}): QueueSourceModel => ({
  logicalId: 'Source1',
  functionName: 'work',
  sourceArn: JOBS,
  enabled: true,
  batchSize: 10,
  batchingWindowSeconds: 0,
  reportBatchItemFailures: true,
  maxConcurrency: 2,
  ...change,
});

function stopAfter(source: { stop(): Promise<void> }) {
  onTestFinished(() => source.stop());
}

test('messages reach the function as SQS records and are deleted when it succeeds', async () => {
  const queues = someQueues({ visibilityTimeoutSeconds: 30 });
  const seen: Batch[] = [];
  stopAfter(
    startQueueSource(
      queueSource(),
      queues,
      aLambda((event) => void seen.push(event)),
    ),
  );
  queues.send(JOBS, 'hello');
  await vi.waitFor(() => expect(queues.status(JOBS)).toMatchObject({ visible: 0, inFlight: 0 }), SOON);
  expect(seen).toEqual([
    {
      Records: [
        {
          messageId: expect.any(String),
          receiptHandle: expect.any(String),
          body: 'hello',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            SenderId: '000000000000',
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
          },
          messageAttributes: {},
          md5OfBody: '5d41402abc4b2a76b9719d911017c592',
          eventSource: 'aws:sqs',
          eventSourceARN: JOBS,
          awsRegion: 'local',
        },
      ],
    },
  ]);
});

test('batches hold at most the batch size, and at most so many run at a time as the mapping allows', async () => {
  const queues = someQueues({ visibilityTimeoutSeconds: 30 });
  for (let index = 0; index < 25; index += 1) queues.send(JOBS, String(index));
  let running = 0;
  let most = 0;
  const sizes: number[] = [];
  const lambda = aLambda(async ({ Records }) => {
    running += 1;
    most = Math.max(most, running);
    sizes.push(Records.length);
    await new Promise((resolve) => setTimeout(resolve, 10));
    running -= 1;
  });
  stopAfter(startQueueSource(queueSource({ batchSize: 4 }), queues, lambda));
  await vi.waitFor(() => expect(queues.status(JOBS)).toMatchObject({ visible: 0, inFlight: 0 }), SOON);
  expect(most).toBe(2);
  expect(sizes).toEqual([4, 4, 4, 4, 4, 4, 1]);
});

test('a batching window gathers what comes within it', async () => {
  const queues = someQueues({ visibilityTimeoutSeconds: 30 });
  const sizes: number[] = [];
  const model = queueSource({ batchingWindowSeconds: 1, batchSize: 3, maxConcurrency: 2 });
  stopAfter(
    startQueueSource(
      { ...model, maxConcurrency: 1 },
      queues,
      aLambda(({ Records }) => void sizes.push(Records.length)),
    ),
  );
  queues.send(JOBS, 'a');
  await vi.waitFor(() => expect(queues.status(JOBS).inFlight).toBe(1), SOON);
  queues.send(JOBS, 'b');
  queues.send(JOBS, 'c');
  await vi.waitFor(() => expect(sizes).toEqual([3]), SOON);
});

test.each<[string, (ids: readonly string[]) => unknown, readonly string[]]>([
  ['reported messages stay', ([, second]) => ({ batchItemFailures: [{ itemIdentifier: second }] }), ['b']],
  ['an empty report deletes all', () => ({ batchItemFailures: [] }), []],
  ['no report deletes all', () => null, []],
  ['a report of an unknown message keeps all', () => ({ batchItemFailures: [{ itemIdentifier: 'who' }] }), ['a', 'b']],
  ['a malformed report keeps all', () => ({ batchItemFailures: [{ itemIdentifier: '' }] }), ['a', 'b']],
])('%s', async (_name, report, left) => {
  const queues = someQueues({ visibilityTimeoutSeconds: 30 });
  queues.send(JOBS, 'a');
  queues.send(JOBS, 'b');
  let handled = 0;
  const source = startQueueSource(
    queueSource(),
    queues,
    aLambda(({ Records }) => {
      handled += 1;
      return report(Records.map(({ messageId }) => messageId));
    }),
  );
  await vi.waitFor(() => expect(handled).toBe(1), SOON);
  await source.stop();
  expect(queues.peek(JOBS, 10).map(({ body }) => body)).toEqual(left);
});

test('a message that always fails ends in the dead-letter queue', async () => {
  const queues = someQueues({ redrive: { targetArn: DEAD, maxReceiveCount: 3 } });
  let attempts = 0;
  const lambda = aLambda(() => {
    attempts += 1;
    throw new Error('poison');
  });
  stopAfter(startQueueSource(queueSource({ maxConcurrency: 1 }), queues, lambda));
  queues.send(JOBS, 'poison');
  await vi.waitFor(() => expect(queues.status(DEAD).visible).toBe(1), SOON);
  expect(attempts).toBe(3);
});

const streamSource = (change: Partial<StreamSourceModel> = {}): StreamSourceModel => ({
  logicalId: 'Source2',
  functionName: 'work',
  sourceArn: 'arn:stream',
  enabled: true,
  batchSize: 10,
  batchingWindowSeconds: 0,
  reportBatchItemFailures: true,
  startingPosition: 'TRIM_HORIZON',
  filters: [],
  bisectOnError: false,
  maxRetries: -1,
  maxRecordAgeSeconds: -1,
  onFailureQueueArn: DEAD,
  ...change,
});

const aRecord = (sequence: number, change: Readonly<Record<string, unknown>> = {}, age = 0) =>
  ({
    eventName: 'INSERT',
    dynamodb: { SequenceNumber: String(sequence), ApproximateCreationDateTime: Math.floor(Date.now() / 1000) - age },
    ...change,
  }) as unknown as StreamRecord;

/** A stream with records from the start; `done` is where its checkpoint stands. */
function aStream(records: readonly StreamRecord[]) {
  const checkpoints: string[] = [];
  const listeners = new Set<() => void>();
  let from = 0;
  const all = [...records];
  const stream: StreamConsumer = {
    read: async (max) => all.slice(from, from + max),
    async checkpoint(sequence) {
      checkpoints.push(sequence);
      from = all.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === sequence) + 1;
    },
    onRecords(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const add = (record: StreamRecord) => {
    all.push(record);
    for (const listener of listeners) listener();
  };
  return { stream, checkpoints, add };
}

function runStream(
  model: StreamSourceModel,
  records: readonly StreamRecord[],
  handle: (batch: readonly string[], attempt: number) => unknown,
) {
  const queues = someQueues();
  const { stream, checkpoints, add } = aStream(records);
  const batches: string[][] = [];
  const lambda = aLambda((event, attempt) => {
    const batch = event.Records.map(({ dynamodb }) => dynamodb.SequenceNumber);
    batches.push(batch);
    return handle(batch, attempt);
  });
  stopAfter(
    startStreamSource({ model, functionArn: 'arn:work', stream, queues, lambda }, compileFilters(model, 'T.json')),
  );
  return { queues, checkpoints, batches, add };
}

test('records come in order, in batches, and what comes later wakes the reader', async () => {
  const run = runStream(
    streamSource({ batchSize: 2 }),
    [1, 2, 3].map((n) => aRecord(n)),
    () => null,
  );
  await vi.waitFor(() => expect(run.checkpoints).toEqual(['2', '3']), SOON);
  run.add(aRecord(4));
  await vi.waitFor(() => expect(run.checkpoints).toEqual(['2', '3', '4']), SOON);
  expect(run.batches).toEqual([['1', '2'], ['3'], ['4']]);
});

test('records that no filter wants are skipped, and done with', async () => {
  const records = [aRecord(1, { eventName: 'REMOVE' }), aRecord(2), aRecord(3, { eventName: 'REMOVE' })];
  const run = runStream(
    streamSource({ filters: ['{"eventName":["INSERT"]}', '{"eventName":["MODIFY"]}'] }),
    records,
    () => null,
  );
  await vi.waitFor(() => expect(run.checkpoints).toEqual(['3']), SOON);
  expect(run.batches).toEqual([['2']]);
});

test('a failed batch is tried again, whole, before anything behind it', async () => {
  const run = runStream(
    streamSource({ batchSize: 2 }),
    [1, 2, 3].map((n) => aRecord(n)),
    (_batch, attempt) => {
      if (attempt < 3) throw new Error('not yet');
    },
  );
  await vi.waitFor(() => expect(run.checkpoints).toEqual(['2', '3']), SOON);
  expect(run.batches).toEqual([['1', '2'], ['1', '2'], ['1', '2'], ['3']]);
});

test('with bisection a poison record ends alone, and is described to the on-failure queue', async () => {
  const model = streamSource({ bisectOnError: true, maxRetries: 3 });
  const run = runStream(
    model,
    [1, 2, 3, 4].map((n) => aRecord(n)),
    (batch) => {
      if (batch.includes('3')) throw new Error('poison');
    },
  );
  await vi.waitFor(() => expect(run.checkpoints).toEqual(['4']), SOON);
  expect(run.batches).toEqual([['1', '2', '3', '4'], ['1', '2'], ['3', '4'], ['3'], ['3'], ['4']]);
  const [letter] = run.queues.peek(DEAD, 10);
  expect(JSON.parse(letter?.body ?? '')).toEqual({
    requestContext: { functionArn: 'arn:work', condition: 'RetryAttemptsExhausted', approximateInvokeCount: 4 },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: expect.any(String),
    DDBStreamBatchInfo: {
      shardId: 'shardId-local',
      startSequenceNumber: '3',
      endSequenceNumber: '3',
      approximateArrivalOfFirstRecord: expect.any(String),
      approximateArrivalOfLastRecord: expect.any(String),
      batchSize: 1,
      streamArn: 'arn:stream',
    },
  });
});

test('after a report only the first failed record and those behind it are tried again', async () => {
  const run = runStream(
    streamSource({ bisectOnError: true }),
    [1, 2, 3].map((n) => aRecord(n)),
    (_batch, attempt) =>
      attempt === 1 ? { batchItemFailures: [{ itemIdentifier: '3' }, { itemIdentifier: '2' }] } : null,
  );
  await vi.waitFor(() => expect(run.checkpoints).toEqual(['3']), SOON);
  expect(run.batches).toEqual([
    ['1', '2', '3'],
    ['2', '3'],
  ]);
});

test('records that are too old are given up', async () => {
  const run = runStream(streamSource({ maxRecordAgeSeconds: 60 }), [aRecord(1, {}, 61), aRecord(2)], () => null);
  await vi.waitFor(() => expect(run.checkpoints).toEqual(['2']), SOON);
  expect(run.batches).toEqual([['2']]);
  expect(run.queues.peek(DEAD, 10)).toMatchObject([{ body: expect.stringContaining('RecordAgeExceeded') }]);
});

test('a filter that cannot be executed stops the start, naming the mapping', () => {
  expect(() => compileFilters(streamSource({ filters: ['{"a":[{"anything-but":1}]}'] }), 'T.json')).toThrow(
    'T.json: resource Source2 (AWS::Lambda::EventSourceMapping), property FilterCriteria: {"a":[{"anything-but":1}]}: operator anything-but at a',
  );
});

const asynchronous = (change: Partial<FunctionModel['asynchronous']>) =>
  ({
    name: 'work',
    arn: 'arn:work',
    asynchronous: { retries: 2, maxAgeSeconds: 60, onFailureQueueArn: DEAD, ...change },
  }) as FunctionModel;

test('an asynchronous invocation is tried again, as often as configured, then described to the on-failure queue', async () => {
  const queues = someQueues();
  let attempts = 0;
  const lambda = aLambda(() => {
    attempts += 1;
    throw new Error('no');
  });
  const invoker = createAsynchronousInvoker([asynchronous({ retries: 1 })], lambda, queues, (error) => {
    throw error;
  });
  invoker.invoke('arn:work', { n: 1 });
  await vi.waitFor(() => expect(queues.peek(DEAD, 1)).toHaveLength(1), SOON);
  expect(attempts).toBe(2);
  expect(JSON.parse(queues.peek(DEAD, 1)[0]?.body ?? '')).toEqual({
    version: '1.0',
    timestamp: expect.any(String),
    requestContext: {
      requestId: expect.any(String),
      functionArn: 'arn:work:$LATEST',
      condition: 'RetriesExhausted',
      approximateInvokeCount: 2,
    },
    requestPayload: { n: 1 },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorType: 'Error', errorMessage: 'no' },
  });
  invoker.stop();
});

test('an event that would be too old at its retry is given up', async () => {
  const queues = someQueues();
  const lambda = aLambda(() => {
    throw new Error('no');
  });
  const invoker = createAsynchronousInvoker([asynchronous({ maxAgeSeconds: 0 })], lambda, queues, (error) => {
    throw error;
  });
  invoker.invoke('arn:work', {});
  await vi.waitFor(
    () => expect(queues.peek(DEAD, 1)).toMatchObject([{ body: expect.stringContaining('EventAgeExceeded') }]),
    SOON,
  );
  invoker.stop();
});
