import { expect, test, vi } from 'vitest';
import type { StreamSink } from '../../../localstack/lambda/function-worker.ts';
import type { StreamHead } from '../../../localstack/lambda/worker-protocol.ts';
import { aLambda } from './a-lambda.ts';

/** Generous, for machines with a lot to do; a test goes on as soon as it can. */
const SOON = 10_000;

const STREAM = `
import { setTimeout as delay } from 'node:timers/promises';
export const handler = awslambda.streamifyResponse(async (event, stream, context) => {
  if (event.head) stream = awslambda.HttpResponseStream.from(stream, event.head);
  if (event.forever) {
    stream.on('close', () => console.log('CLOSED'));
    while (!stream.destroyed) { stream.write('tick'); await delay(5); }
    return;
  }
  for (const chunk of event.chunks ?? []) { stream.write(chunk); await delay(5); }
  if (event.fail) throw new Error('half-way');
  if (event.hang) await new Promise(() => {});
  stream.end();
});`;

const options = { streaming: new Set(['Stream']), streamingConcurrency: 2 };

function aSink() {
  const gone = new AbortController();
  const heads: (StreamHead | undefined)[] = [];
  const chunks: string[] = [];
  const sink: StreamSink = {
    gone: gone.signal,
    head: (head) => void heads.push(head),
    async chunk(chunk) {
      chunks.push(Buffer.from(chunk).toString());
    },
  };
  return { gone, heads, chunks, sink };
}

test('head and chunks arrive as they are written', async () => {
  const lambda = await aLambda({ Stream: STREAM }, {}, options);
  const { sink, heads, chunks } = aSink();
  const head = { statusCode: 201, headers: { 'content-type': 'text/plain' } };
  const outcome = await lambda.invokeStreaming('Stream', { head, chunks: ['a', '', 'bc'] }, sink);
  expect({ outcome, heads, chunks }).toEqual({
    outcome: { ok: true, result: 'null' },
    heads: [head],
    chunks: ['a', 'bc'],
  });
});

test('without a head the answer begins all the same', async () => {
  const lambda = await aLambda({ Stream: STREAM }, {}, options);
  const { sink, heads, chunks } = aSink();
  await lambda.invokeStreaming('Stream', { chunks: [] }, sink);
  expect({ heads, chunks }).toEqual({ heads: [undefined], chunks: [] });
});

test('an error half-way fails the invocation', async () => {
  const lambda = await aLambda({ Stream: STREAM }, {}, options);
  const { sink, chunks } = aSink();
  const outcome = await lambda.invokeStreaming('Stream', { chunks: ['a'], fail: true }, sink);
  expect(outcome).toMatchObject({ ok: false, error: { errorType: 'Error', errorMessage: 'half-way' } });
  expect(chunks).toEqual(['a']);
});

test('a handler notices that its client has gone, and its worker serves the next', async () => {
  const lambda = await aLambda({ Stream: STREAM }, {}, { ...options, streamingConcurrency: 1 });
  const first = aSink();
  const running = lambda.invokeStreaming('Stream', { forever: true }, first.sink);
  await vi.waitFor(() => expect(first.chunks.length).toBeGreaterThan(2), SOON);
  first.gone.abort();
  expect(await running).toMatchObject({ ok: false });
  expect(await lambda.log('Stream')).toMatch(/CLOSED/);
  const next = aSink();
  expect(await lambda.invokeStreaming('Stream', { chunks: ['z'] }, next.sink)).toMatchObject({ ok: true });
  expect(next.chunks).toEqual(['z']);
});

test('a handler that does not notice is ended after a moment', async () => {
  const lambda = await aLambda({ Stream: STREAM }, { timeoutSeconds: 900 }, options);
  const { sink, gone } = aSink();
  const running = lambda.invokeStreaming('Stream', { hang: true }, sink);
  gone.abort();
  expect(await running).toMatchObject({ ok: false, error: { errorType: 'Runtime.ExitError' } });
});

test('more streams than the function may have are throttled', async () => {
  const lambda = await aLambda({ Stream: STREAM }, {}, options);
  const sinks = [aSink(), aSink()];
  const running = sinks.map(({ sink }) => lambda.invokeStreaming('Stream', { forever: true }, sink));
  expect(await lambda.invokeStreaming('Stream', {}, aSink().sink)).toEqual({
    ok: false,
    error: {
      errorType: 'TooManyRequestsException',
      errorMessage: 'Rate Exceeded: 2 invocations of Stream are running',
    },
  });
  for (const { gone } of sinks) gone.abort();
  await Promise.all(running);
});

test('a handler and the way it is invoked must agree', async () => {
  const lambda = await aLambda({ Stream: 'export const handler = () => 1;', Streamed: STREAM }, {}, options);
  expect(await lambda.invokeStreaming('Stream', {}, aSink().sink)).toMatchObject({
    ok: false,
    error: { errorMessage: expect.stringContaining('is not made by awslambda.streamifyResponse') },
  });
  expect(await lambda.invoke('Streamed', {})).toMatchObject({
    ok: false,
    error: { errorMessage: expect.stringContaining('is made by awslambda.streamifyResponse') },
  });
});
