import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../lib/gateways/memory-store.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { connectEventLog, type NewEvent } from '../../../lib/state/event-log.ts';
import { stateKeys } from '../../../lib/state/keys.ts';
import { EPOCH } from '../../fixtures/an-app.ts';

const event = (id: string): NewEvent => ({ id, event: { eventType: 'test', timestamp: toTimestamp(EPOCH) } });
const events = (count: number): readonly NewEvent[] => Array.from({ length: count }, (_, index) => event(`e${index}`));

describe('the event log', () => {
  it('starts empty, and nothing takes no number', async () => {
    const log = connectEventLog(createMemoryStore(), 'stride');
    expect(await log.head()).toBe(0);
    expect(await log.append([], EPOCH)).toEqual([]);
    expect(await log.head()).toBe(0);
    expect(await log.read(0, 100)).toEqual([]);
  });

  it('numbers from 1 in order, across publishers, without a gap', async () => {
    const store = createMemoryStore();
    const [one, two] = [connectEventLog(store, 'stride'), connectEventLog(store, 'stride')];
    const first = await one.append([event('a'), event('b')], EPOCH);
    const second = await two.append([event('c')], EPOCH);
    expect([...first, ...second]).toEqual([
      { number: 1, ...event('a') },
      { number: 2, ...event('b') },
      { number: 3, ...event('c') },
    ]);
    expect(await one.head()).toBe(3);
    expect(await one.read(0, 3)).toEqual([...first, ...second]);
    expect(await connectEventLog(store, 'other').head()).toBe(0);
  });

  it.for([
    { after: 0, upTo: 5, numbers: [1, 2, 3, 4, 5] },
    { after: 2, upTo: 4, numbers: [3, 4] },
    { after: 5, upTo: 5, numbers: [] },
    { after: 5, upTo: 3, numbers: [] },
  ])('reads after $after up to $upTo', async ({ after, upTo, numbers }) => {
    const log = connectEventLog(createMemoryStore(), 'stride');
    await log.append(events(5), EPOCH);
    expect((await log.read(after, upTo)).map(({ number }) => number)).toEqual(numbers);
  });

  it.for([0, 1, 98, 99, 100, 101, 149, 150, 199, 200, 250, 998, 999, 1_000])(
    'reads on after %i where items hold a hundred events and partitions a thousand',
    async (after) => {
      const store = createMemoryStore();
      const log = connectEventLog(store, 'stride');
      await log.append(events(150), EPOCH);
      await log.append(events(1_000), EPOCH);
      const found: number[] = [];
      for (let at = after; at < 1_150; at = found.at(-1) ?? at) {
        found.push(...(await log.read(at, 1_150)).map(({ number }) => number));
      }
      expect(found).toEqual(Array.from({ length: 1_150 - after }, (_, index) => after + 1 + index));
      // The counter aside: 2 items of the first batch; 10 of the second, one more where a partition ends within it.
      expect(store.expire(EPOCH + 24 * 3_600_000)).toBe(13);
    },
  );

  it('keeps entries a day', async () => {
    const store = createMemoryStore();
    const log = connectEventLog(store, 'stride');
    await log.append([event('a')], EPOCH);
    expect(store.expire(EPOCH + 24 * 3_600_000 - 1_000)).toBe(0);
    expect(store.expire(EPOCH + 24 * 3_600_000)).toBe(1);
    expect(await log.head()).toBe(1);
  });

  it('reads on over the thousands, a part at a time', async () => {
    const log = connectEventLog(createMemoryStore(), 'stride');
    await log.append(events(2_500), EPOCH);
    const numbers: number[] = [];
    let reads = 0;
    for (let after = 0; after < 2_500; after = numbers.at(-1) ?? Number.POSITIVE_INFINITY) {
      const part = await log.read(after, 2_500);
      expect(part.length).toBeLessThanOrEqual(1_000);
      numbers.push(...part.map(({ number }) => number));
      reads += 1;
    }
    expect(numbers).toEqual(Array.from({ length: 2_500 }, (_, index) => index + 1));
    expect(reads).toBeLessThanOrEqual(4);
  });

  it('steps over a thousand that is gone', async () => {
    const store = createMemoryStore();
    const log = connectEventLog(store, 'stride');
    await log.append(events(2_100), EPOCH);
    const keys = stateKeys('stride');
    for (let number = 1; number < 2_000; number += 1) await store.delete(keys.event(number));
    expect((await log.read(5, 2_100)).at(0)?.number).toBe(2_000);
  });
});
