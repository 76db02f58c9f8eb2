import { expect, test, vi } from 'vitest';
import type { InvokeOutcome } from '../../../localstack/lambda/function-worker.ts';
import { aLambda } from './a-lambda.ts';

/** Generous, for machines with a lot to do; a test goes on as soon as it can. */
const SOON = 10_000;

const result = (outcome: InvokeOutcome): unknown => (outcome.ok ? JSON.parse(outcome.result) : outcome.error);

test('a function gets event and context, and exactly its own environment', async () => {
  const lambda = await aLambda(
    {
      One: `export const handler = async (event, context) => ({ event, context: { ...context, left: context.getRemainingTimeInMillis() }, env: process.env });`,
    },
    { environment: { TABLE: 'state', AWS_LAMBDA_LOG_LEVEL: 'x' }, timeoutSeconds: 7, memoryMb: 256 },
    { endpoints: { AWS_ENDPOINT_URL_ECS: 'http://127.0.0.1:1/ecs' } },
  );
  const [{ directory } = { directory: '' }] = lambda.functions;
  expect(result(await lambda.invoke('One', { a: [1] }, 'request-1'))).toEqual({
    event: { a: [1] },
    context: {
      functionName: 'One',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:function:One',
      memoryLimitInMB: '256',
      awsRequestId: 'request-1',
      logGroupName: '/aws/lambda/One',
      logStreamName: 'local',
      callbackWaitsForEmptyEventLoop: true,
      left: expect.toSatisfy((left: number) => left > 6_000 && left <= 7_000),
    },
    env: {
      TABLE: 'state',
      AWS_LAMBDA_LOG_LEVEL: 'x',
      TZ: ':UTC',
      AWS_REGION: 'local',
      AWS_DEFAULT_REGION: 'local',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: 'One',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/One',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      LAMBDA_TASK_ROOT: directory,
      _HANDLER: 'index.handler',
      AWS_ACCESS_KEY_ID: 'LogicalOne',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_ECS: 'http://127.0.0.1:1/ecs',
    },
  });
});

const TROUBLE = `
let invocations = 0;
export const handler = async (event) => {
  invocations += 1;
  if (event.do === 'throw') throw new RangeError('out of range');
  if (event.do === 'crash') { setTimeout(() => { throw new Error('later'); }, 1); await new Promise(() => {}); }
  if (event.do === 'exit') process.exit(3);
  if (event.do === 'hang') for (;;);
  return invocations;
};`;

test('an error fails its invocation; the worker goes on', async () => {
  const lambda = await aLambda({ Trouble: TROUBLE });
  expect(result(await lambda.invoke('Trouble', {}))).toBe(1);
  expect(result(await lambda.invoke('Trouble', { do: 'throw' }))).toMatchObject({
    errorType: 'RangeError',
    errorMessage: 'out of range',
  });
  expect(result(await lambda.invoke('Trouble', {}))).toBe(3);
});

test.each<[string, string, unknown]>([
  ['an uncaught error', 'crash', { errorType: 'Error', errorMessage: 'later' }],
  ['an exit', 'exit', { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited with error: exit status 3' }],
  [
    'a time-out in a busy loop',
    'hang',
    { errorType: 'Sandbox.Timedout', errorMessage: expect.stringMatching(/ Task timed out after 3\.00 seconds$/) },
  ],
])('%s fails its invocation and ends the worker; the next gets a new one', async (_name, what, error) => {
  const lambda = await aLambda({ Trouble: TROUBLE }, { timeoutSeconds: 3, reservedConcurrency: 1 });
  expect(result(await lambda.invoke('Trouble', {}))).toBe(1);
  expect(await lambda.invoke('Trouble', { do: what })).toEqual({ ok: false, error });
  expect(result(await lambda.invoke('Trouble', {}))).toBe(1);
});

test('workers run side by side up to the function’s concurrency; the others wait their turn', async () => {
  const source = `
    import { threadId } from 'node:worker_threads';
    import { setTimeout as delay } from 'node:timers/promises';
    let busy = 0;
    export const handler = async () => { busy += 1; await delay(30); const seen = busy; busy -= 1; return { threadId, seen }; };`;
  const lambda = await aLambda({ Slow: source }, { reservedConcurrency: 2 });
  const outcomes = await Promise.all(Array.from({ length: 7 }, () => lambda.invoke('Slow', {})));
  const results = outcomes.map(result) as { threadId: number; seen: number }[];
  expect(new Set(results.map(({ threadId }) => threadId)).size).toBe(2);
  expect(results.map(({ seen }) => seen)).toEqual(results.map(() => 1));
});

test('workers that keep others waiting, as long polls do, get more beside them', async () => {
  const source = `
    import { threadId } from 'node:worker_threads';
    const open = new BroadcastChannel('polls');
    export const handler = async (event) => {
      if (event.poll) await new Promise((resolve) => { open.onmessage = resolve; });
      else open.postMessage('on');
      return threadId;
    };`;
  const lambda = await aLambda({ Poll: source });
  const polls = Array.from({ length: 4 }, () => lambda.invoke('Poll', { poll: true }));
  let areOpen = true;
  const polled = Promise.all(polls).finally(() => {
    areOpen = false;
  });
  const threads: unknown[] = [];
  // Again until every poll has begun to listen.
  while (areOpen) threads.push(result(await lambda.invoke('Poll', {})));
  threads.push(...(await polled).map(result));
  expect(threads.filter((thread) => typeof thread !== 'number')).toEqual([]);
  expect(new Set(threads).size).toBe(5);
});

test('what a function prints and its failures go to its log', async () => {
  const lambda = await aLambda({
    Loud: `export const handler = () => { console.log('out'); console.error('err'); throw new Error('no'); };`,
  });
  await lambda.invoke('Loud', {}, 'request-9');
  await vi.waitFor(async () => expect(await lambda.log('Loud')).toMatch(/out\n/), SOON);
  await vi.waitFor(async () => expect(await lambda.log('Loud')).toMatch(/err\n/), SOON);
  await vi.waitFor(
    async () => expect(await lambda.log('Loud')).toMatch(/request-9 \{"errorType":"Error","errorMessage":"no"/),
    SOON,
  );
});

test('a bundle that cannot be loaded is told when warming up, and fails its invocations', async () => {
  const lambda = await aLambda({
    Good: 'export const handler = () => 1;',
    Bad: 'import "nothing-like-this"; export const handler = 1;',
    None: 'export const other = 1;',
  });
  const unloadable = await lambda.prewarm(['Good', 'Bad', 'None']);
  expect(unloadable).toMatchObject([
    { functionName: 'Bad', error: { errorMessage: expect.stringContaining('nothing-like-this') } },
    {
      functionName: 'None',
      error: { errorMessage: expect.stringMatching(/^handler is not a function exported by file:/) },
    },
  ]);
  expect(await lambda.invoke('None', {})).toMatchObject({ ok: false, error: { errorType: 'TypeError' } });
  expect(result(await lambda.invoke('Good', {}))).toBe(1);
});

test('a bundle without its module is refused at the start', async () => {
  await expect(aLambda({ Good: '' }, { handler: 'main.handler' })).rejects.toThrow(
    /^function Good: its bundle .* has no main\.mjs/,
  );
});

test('a stop lets an invocation finish within the grace, then ends everything', async () => {
  const source = `import { setTimeout as delay } from 'node:timers/promises'; export const handler = async ({ ms }) => { await delay(ms); return 'finished'; };`;
  const lambda = await aLambda({ Slow: source });
  await lambda.invoke('Slow', { ms: 0 });
  const [short, long] = [lambda.invoke('Slow', { ms: 50 }), lambda.invoke('Slow', { ms: 60_000 })];
  const stopped = lambda.stop(2_000);
  expect(result(await short)).toBe('finished');
  await stopped;
  expect(await long).toMatchObject({ ok: false, error: { errorType: 'Runtime.ExitError' } });
  expect(await lambda.invoke('Slow', { ms: 0 })).toMatchObject({
    ok: false,
    error: { errorType: 'ServiceUnavailable' },
  });
});
