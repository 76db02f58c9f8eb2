import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEventBridgeBus } from '../../lib/aws/event-bridge/event-bridge-bus.ts';
import type { Bus } from '../../lib/gateways/bus.ts';

interface Call {
  readonly Entries: readonly { readonly DetailType: string; readonly Detail: string; readonly EventBusName: string }[];
}

/** Which entries of the n-th call fail. */
let failing: (call: number, index: number) => boolean;
let calls: Call[];
let server: Server;
let client: EventBridgeClient;
let bus: Bus;

beforeEach(async () => {
  calls = [];
  failing = () => false;
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const call = JSON.parse(body) as Call;
      const entries = call.Entries.map((_, index) =>
        failing(calls.length, index) ? { ErrorCode: 'InternalFailure' } : { EventId: 'x' },
      );
      calls.push(call);
      response.setHeader('Content-Type', 'application/x-amz-json-1.1');
      const failed = entries.filter((entry) => 'ErrorCode' in entry).length;
      response.end(JSON.stringify({ FailedEntryCount: failed, Entries: entries }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  client = new EventBridgeClient({
    region: 'local',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  bus = createEventBridgeBus(client, 'the-bus');
});
afterEach(async () => {
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const anEvent = (name: string, size = 1) => ({
  detailType: name,
  detail: { eventType: name, list: ['x'.repeat(size)] },
});
const names = (call: Call | undefined) => call?.Entries.map(({ DetailType }) => DetailType);

describe('the bus', () => {
  it('gets events in order, ten to a call', async () => {
    const all = Array.from({ length: 23 }, (_, index) => anEvent(`event-${index}`));
    await bus.send(all);
    expect(calls.map(({ Entries }) => Entries.length)).toEqual([10, 10, 3]);
    expect(calls.flatMap((call) => names(call) ?? [])).toEqual(all.map(({ detailType }) => detailType));
    expect(calls[0]?.Entries[0]).toEqual({
      EventBusName: 'the-bus',
      Source: 'stride',
      DetailType: 'event-0',
      Detail: JSON.stringify({ eventType: 'event-0', list: ['x'] }),
    });
  });

  it('gets no more in a call than a call takes', async () => {
    await bus.send([anEvent('a', 400_000), anEvent('b', 400_000), anEvent('c', 400_000), anEvent('d')]);
    expect(calls.map(names)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('gets an event that is too large without its lists', async () => {
    const plan = {
      id: 'p',
      steps: [
        { actions: Array.from({ length: 40_000 }, (_, index) => ({ app: `/load/app-${index}/with/a/long/id` })) },
      ],
    };
    await bus.send([
      { detailType: 'deployment_info', detail: { eventType: 'deployment_info', plan } },
      anEvent('after'),
    ]);
    expect(calls.flatMap(({ Entries }) => Entries.map(({ Detail }) => JSON.parse(Detail)))).toEqual([
      { eventType: 'deployment_info', plan: { id: 'p', steps: [] } },
      { eventType: 'after', list: ['x'] },
    ]);
  });

  it('gets again what it refused, and no more often than three times', async () => {
    failing = (call, index) => call === 0 && index === 1;
    await bus.send([anEvent('a'), anEvent('b'), anEvent('c')]);
    expect(calls.map(names)).toEqual([['a', 'b', 'c'], ['b']]);
    calls = [];
    failing = () => true;
    await expect(bus.send([anEvent('a')])).rejects.toThrow('the bus refused 1 events');
    expect(calls).toHaveLength(3);
  });

  it('is left alone when there is nothing to say', async () => {
    await bus.send([]);
    expect(calls).toEqual([]);
  });
});
