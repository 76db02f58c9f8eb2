import { beforeEach, describe, expect, it } from 'vitest';
import { createPublish } from '../../../functions/events/publish/publish.ts';
import type { BusEntry } from '../../../lib/gateways/bus.ts';
import { createMemoryStore, type MemoryStore } from '../../../lib/gateways/memory-store.ts';
import type { ChangeRecord } from '../../../lib/gateways/store.ts';
import type { MarathonEvent, Outbox } from '../../../lib/model/outbox.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { connectEventLog, type EventLog } from '../../../lib/state/event-log.ts';
import { encodeItem } from '../../../lib/state/items.ts';
import { createState, type State } from '../../../lib/state/state.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { createVirtualClock, type VirtualClock } from '../../simulation/virtual-clock.ts';

const [A, B] = [resolvePathId('/a'), resolvePathId('/b')];
const eventOf = (name: string): MarathonEvent => ({ eventType: name, timestamp: toTimestamp(EPOCH) });
const outboxOf = (fields: Partial<Outbox>): Outbox => ({ events: [], dirty: [], wake: false, ...fields });
const recordOf = (outbox: Outbox | undefined, rev = 1): ChangeRecord => {
  const value = encodeItem({ pk: 'stride#X', sk: '-' }, 'thing', rev, rev);
  const item = outbox === undefined ? value : { ...value, outbox: JSON.stringify(outbox) };
  return { kind: 'MODIFY', key: { pk: item.pk, sk: item.sk }, item, sequence: String(rev) };
};

let clock: VirtualClock;
let store: MemoryStore;
let state: State;
let eventLog: EventLog;
let sent: BusEntry[];
beforeEach(() => {
  clock = createVirtualClock();
  store = createMemoryStore();
  state = createState(store, 'stride');
  eventLog = connectEventLog(createMemoryStore(), 'stride');
  sent = [];
});
const publisher = (
  send: (entries: readonly BusEntry[]) => Promise<void> = async (entries) => void sent.push(...entries),
) => createPublish({ state, eventLog, bus: { send }, clock, scheduler: 'stride' });

const WAKE = { detailType: 'wake', detail: { scheduler: 'stride' } };

describe('publishing what changes announce', () => {
  it('marks, wakes, logs and sends, in the order of the records', async () => {
    await publisher()([
      recordOf(outboxOf({ events: [eventOf('one'), eventOf('two')], dirty: [A, B], wake: true }), 1),
      recordOf(outboxOf({ events: [eventOf('three')], dirty: [A] }), 2),
    ]);
    expect(await state.coordination.listDirty()).toEqual([
      { runSpec: A, mark: '2' },
      { runSpec: B, mark: '1' },
    ]);
    expect(await eventLog.read(0, 10)).toEqual([
      { number: 1, id: 'stride#X/-@1#0', event: eventOf('one') },
      { number: 2, id: 'stride#X/-@1#1', event: eventOf('two') },
      { number: 3, id: 'stride#X/-@2#0', event: eventOf('three') },
    ]);
    expect(sent).toEqual([
      WAKE,
      ...['one', 'two', 'three'].map((name) => ({ detailType: name, detail: eventOf(name) })),
    ]);
  });

  it('does nothing for changes without an outbox, and for removals', async () => {
    await publisher()([recordOf(undefined), { kind: 'REMOVE', key: { pk: 'stride#X', sk: '-' }, sequence: '1' }]);
    expect(await eventLog.head()).toBe(0);
    expect(sent).toEqual([]);
    expect((await state.coordination.readLease()).wake).toBe(0);
  });

  it('wakes no tick for what a tick wrote', async () => {
    await publisher()([recordOf(outboxOf({ events: [eventOf('one')] }))]);
    expect(sent.map(({ detailType }) => detailType)).toEqual(['one']);
    expect((await state.coordination.readLease()).wake).toBe(0);
  });

  it('counts the wake and sends no event while a tick holds the lease', async () => {
    await state.coordination.acquireLease('tick', clock.now(), clock.now() + 6_000);
    await publisher()([recordOf(outboxOf({ wake: true }))]);
    expect(sent).toEqual([]);
    expect((await state.coordination.readLease()).wake).toBe(1);
  });

  it('sends the event when the holder’s time is over', async () => {
    await state.coordination.acquireLease('dead', clock.now() - 6_000, clock.now());
    await publisher()([recordOf(outboxOf({ wake: true }))]);
    expect(sent).toEqual([WAKE]);
  });

  it('wakes once for a batch', async () => {
    await publisher()([1, 2, 3].map((rev) => recordOf(outboxOf({ wake: true }), rev)));
    expect(sent).toEqual([WAKE]);
    expect((await state.coordination.readLease()).wake).toBe(1);
  });

  it('repeats with the same ids when the stream repeats, so that readers can drop them', async () => {
    const record = recordOf(outboxOf({ events: [eventOf('one')], dirty: [A], wake: true }));
    await publisher()([record]);
    await publisher()([record]);
    expect((await eventLog.read(0, 10)).map(({ number, id }) => [number, id])).toEqual([
      [1, 'stride#X/-@1#0'],
      [2, 'stride#X/-@1#0'],
    ]);
  });

  it('has marked before it fails, and is whole when it comes again', async () => {
    const record = recordOf(outboxOf({ events: [eventOf('one')], dirty: [A], wake: true }));
    const broken = publisher(() => Promise.reject(new Error('no bus')));
    await expect(broken([record])).rejects.toThrow('no bus');
    expect(await state.coordination.listDirty()).toEqual([{ runSpec: A, mark: '1' }]);
    await publisher()([record]);
    expect(sent.map(({ detailType }) => detailType)).toEqual(['wake', 'one']);
  });

  it('fails on an outbox that cannot be read, rather than drop it', async () => {
    const record = recordOf(undefined);
    const item = { pk: 'stride#X', sk: '-', ...record.item, outbox: '{' };
    await expect(publisher()([{ ...record, item }])).rejects.toThrow(SyntaxError);
  });
});
