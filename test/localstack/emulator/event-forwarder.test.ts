import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as z from 'zod';
import { createEventForwarder } from '../../../localstack/emulator/event-forwarder.ts';
import type { EventBridgeEvent } from '../../../localstack/endpoint/aws-service.ts';

const request = z.object({
  Entries: z.array(
    z.object({ Source: z.string(), DetailType: z.string(), Detail: z.string(), Resources: z.array(z.string()) }),
  ),
});
type Entry = z.infer<typeof request>['Entries'][number];

function anEvent(n: number): EventBridgeEvent {
  return {
    version: '0',
    id: `event-${n}`,
    'detail-type': 'ECS Task State Change',
    source: 'aws.ecs',
    account: '000000000000',
    time: '2026-01-01T00:00:00Z',
    region: 'local',
    resources: [`arn:${n}`],
    detail: { n },
  };
}

const numberOf = ({ Detail }: Entry): unknown => JSON.parse(Detail).n;

/** A bus that notes each call, and answers as told: an error code for an entry, or undefined. */
let answer: (entry: Entry, call: number) => string | undefined;
let calls: Entry[][];
let bus: Server;
let errors: unknown[];

beforeEach(async () => {
  answer = () => undefined;
  calls = [];
  errors = [];
  bus = createServer(async (incoming, outgoing) => {
    expect(incoming.headers['x-amz-target']).toBe('AWSEvents.PutEvents');
    expect(incoming.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=test\/\d+\/local\/events\//);
    const { Entries } = request.parse(JSON.parse(await text(incoming)));
    calls.push(Entries);
    const results = Entries.map((entry) => ({ ErrorCode: answer(entry, calls.length), ErrorMessage: 'as told' }));
    outgoing.end(JSON.stringify({ Entries: results }));
  });
  bus.listen(0, '127.0.0.1');
  await once(bus, 'listening');
});
afterEach(async () => {
  bus.close();
  bus.closeAllConnections();
});

function forwarder() {
  const address = bus.address();
  if (address === null || typeof address === 'string') throw new Error('the bus has no port');
  const endpoint = `http://127.0.0.1:${address.port}`;
  return createEventForwarder({ endpoint, source: 'stride.ecs', onError: (error) => errors.push(error) });
}

it('puts the first event at once and what comes meanwhile in order, ten a call, under its own source', async () => {
  const { forward, close } = forwarder();
  for (let n = 0; n < 25; n += 1) forward(anEvent(n));
  await close();
  expect(calls.map((entries) => entries.length)).toEqual([1, 10, 10, 4]);
  expect(calls.flat().map(numberOf)).toEqual(Array.from({ length: 25 }, (_, n) => n));
  expect(calls[0]?.[0]).toEqual({
    Source: 'stride.ecs',
    DetailType: 'ECS Task State Change',
    Detail: '{"n":0}',
    Resources: ['arn:0'],
  });
  expect(errors).toEqual([]);
});

it('repeats only the entries that were refused', async () => {
  answer = (entry, call) => (call === 2 && numberOf(entry) === 1 ? 'ThrottlingException' : undefined);
  const { forward, close } = forwarder();
  for (let n = 0; n < 3; n += 1) forward(anEvent(n));
  await close();
  expect(calls.map((entries) => entries.map(numberOf))).toEqual([[0], [1, 2], [1]]);
  expect(errors).toEqual([]);
});

it('gives up on what is always refused, says so, and goes on', async () => {
  answer = (entry) => (numberOf(entry) === 0 ? 'NotAuthorizedForSourceException' : undefined);
  const { forward, close } = forwarder();
  for (let n = 0; n < 12; n += 1) forward(anEvent(n));
  await close();
  expect(calls.map((entries) => entries.map(numberOf))).toEqual([
    ...Array.from({ length: 5 }, () => [0]),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    [11],
  ]);
  expect(errors.map(String)).toEqual([
    expect.stringMatching(/^Error: 1 events were not taken by http.*NotAuthorizedForSourceException: as told$/),
  ]);
});

it('takes nothing after its end', async () => {
  const { forward, close } = forwarder();
  await close();
  forward(anEvent(1));
  expect(calls).toEqual([]);
});
