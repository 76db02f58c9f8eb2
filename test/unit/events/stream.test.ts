import { beforeEach, describe, expect, it } from 'vitest';
import { createStream, type StreamRequest } from '../../../functions/events/stream/stream.ts';
import { createMemoryStore, type MemoryStore } from '../../../lib/gateways/memory-store.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { connectEventLog, type EventLog, type NewEvent } from '../../../lib/state/event-log.ts';
import { stateKeys } from '../../../lib/state/keys.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { seededIds } from '../../simulation/seeded-ids.ts';
import { createVirtualClock, type VirtualClock } from '../../simulation/virtual-clock.ts';

const KEYS = stateKeys('stride');
const news = (id: string, eventType = 'test'): NewEvent => ({
  id,
  event: { eventType, timestamp: toTimestamp(EPOCH) },
});

let clock: VirtualClock;
let store: MemoryStore;
let eventLog: EventLog;
beforeEach(() => {
  clock = createVirtualClock();
  store = createMemoryStore();
  eventLog = connectEventLog(store, 'stride');
});

/** A connected reader: what it got, in short, and how to end it. */
function connect(request: Partial<StreamRequest> = {}) {
  const end = new AbortController();
  const stream = createStream({ eventLog, clock, ids: seededIds() });
  const frames = stream(
    { eventTypes: new Set(), lastEventId: undefined, remoteAddress: '10.0.0.9', ...request },
    end.signal,
  );
  const got: string[] = [];
  const done = (async () => {
    for await (const frame of frames)
      got.push(frame === '\r\n' ? 'alive' : frame.replace(/^id: (\d+)\r\nevent: (\w+)\r\n.*$/s, '$1 $2'));
  })();
  return { got, end, done };
}

describe('the event stream', () => {
  it('begins with its own arrival, tells what comes, and tells the others when it ends', async () => {
    await eventLog.append([news('before')], EPOCH);
    const { got, end, done } = connect();
    await clock.pass(1_000);
    expect(got).toEqual(['2 event_stream_attached']);
    await eventLog.append([news('a'), news('b')], EPOCH);
    await clock.pass(1_000);
    expect(got).toEqual(['2 event_stream_attached', '3 test', '4 test']);
    end.abort();
    await clock.pass(1_000);
    await done;
    expect((await eventLog.read(4, 5)).map(({ event }) => event)).toEqual([
      { remoteAddress: '10.0.0.9', eventType: 'event_stream_detached', timestamp: toTimestamp(EPOCH + 2_000) },
    ]);
  });

  it('tells of an event within half a second', async () => {
    const { got } = connect();
    await clock.pass(1_000);
    await eventLog.append([news('a')], EPOCH);
    await clock.pass(500);
    expect(got).toContain('2 test');
  });

  it('sends only the types asked for', async () => {
    const { got } = connect({ eventTypes: new Set(['a', 'c']) });
    await clock.pass(500);
    await eventLog.append([news('1', 'a'), news('2', 'b'), news('3', 'c')], EPOCH);
    await clock.pass(500);
    expect(got).toEqual(['2 a', '4 c']);
  });

  it('stays alive with a line every ten seconds of silence', async () => {
    const { got } = connect();
    await clock.pass(9_000);
    await eventLog.append([news('a')], EPOCH);
    await clock.pass(9_000);
    expect(got).toEqual(['1 event_stream_attached', '2 test']);
    await clock.pass(13_000);
    expect(got).toEqual(['1 event_stream_attached', '2 test', 'alive', 'alive']);
  });

  it('stays alive for a reader who wants none of what happens', async () => {
    const { got } = connect({ eventTypes: new Set(['never']) });
    for (let second = 0; second < 25; second += 1) {
      await eventLog.append([news(`e${second}`)], EPOCH);
      await clock.pass(1_000);
    }
    expect(got).toEqual(['alive', 'alive']);
  });

  it('drops what is told twice, at once or later', async () => {
    const { got } = connect();
    await clock.pass(500);
    await eventLog.append([news('a'), news('a'), news('b')], EPOCH);
    await clock.pass(500);
    await eventLog.append([news('b'), news('c')], EPOCH);
    await clock.pass(500);
    expect(got).toEqual(['1 event_stream_attached', '2 test', '4 test', '6 test']);
  });

  describe('from a Last-Event-ID', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => news(`e${index}`));

    it('sends what came after it first', async () => {
      await eventLog.append(many(3), EPOCH);
      const { got } = connect({ lastEventId: 1 });
      await clock.pass(500);
      expect(got).toEqual(['2 test', '3 test', '4 event_stream_attached']);
    });

    it('sends thousands in order, without a hole', async () => {
      await eventLog.append(many(2_500), EPOCH);
      const { got } = connect({ lastEventId: 0 });
      await clock.pass(2_000);
      expect(got.map((frame) => Number.parseInt(frame, 10))).toEqual(
        Array.from({ length: 2_501 }, (_, index) => index + 1),
      );
    });

    it('of another log starts with what comes now', async () => {
      await eventLog.append(many(3), EPOCH);
      const { got } = connect({ lastEventId: 1_000_000 });
      await clock.pass(500);
      await eventLog.append([news('later')], EPOCH);
      await clock.pass(500);
      expect(got).toEqual(['4 event_stream_attached', '5 test']);
    });

    it('of long ago starts ten thousand back, without reading all that was before', async () => {
      await store.update(KEYS.eventHead, { set: { n: 5_000_000 } });
      await eventLog.append([news('recent')], EPOCH);
      const { got } = connect({ lastEventId: 3 });
      await clock.pass(3_000);
      expect(got).toEqual(['5000001 test', '5000002 event_stream_attached']);
    });
  });

  describe('at a gap', () => {
    /** Numbers taken by a publisher that has not put its entries yet. */
    const take = (count: number) => store.update(KEYS.eventHead, { add: { n: count } });
    const put = (number: number) =>
      store.put({
        ...KEYS.event(number),
        type: 'events',
        format: 1,
        rev: 1,
        data: JSON.stringify([{ number, ...news(`late-${number}`) }]),
      });

    it('waits for an entry that is on its way, and keeps the order', async () => {
      const { got } = connect();
      await clock.pass(500);
      await take(1);
      await eventLog.append([news('a')], EPOCH);
      await clock.pass(1_500);
      expect(got).toEqual(['1 event_stream_attached']);
      await put(2);
      await clock.pass(500);
      expect(got).toEqual(['1 event_stream_attached', '2 test', '3 test']);
    });

    it('goes on after two seconds without the entry', async () => {
      const { got } = connect();
      await clock.pass(500);
      await take(2);
      await eventLog.append([news('a')], EPOCH);
      await clock.pass(3_000);
      expect(got).toEqual(['1 event_stream_attached', '4 test']);
    });

    it('goes on when nothing follows the gap yet', async () => {
      const { got } = connect();
      await clock.pass(500);
      await take(2);
      await clock.pass(3_000);
      await eventLog.append([news('a')], EPOCH);
      await clock.pass(500);
      expect(got).toEqual(['1 event_stream_attached', '4 test']);
    });

    it('gives each gap its own two seconds', async () => {
      const { got } = connect();
      await clock.pass(500);
      for (const id of ['a', 'b']) {
        await take(1);
        await eventLog.append([news(id)], EPOCH);
      }
      await clock.pass(3_000);
      expect(got).toEqual(['1 event_stream_attached', '3 test']);
      await put(4);
      await clock.pass(800);
      expect(got).toEqual(['1 event_stream_attached', '3 test', '4 test', '5 test']);
    });
  });
});
