import { beforeEach, describe, expect, it } from 'vitest';
import { createTick, type TickReason, type TickRun } from '../../../functions/scheduler-tick/tick.ts';
import type { BusEntry } from '../../../lib/gateways/bus.ts';
import { createMemoryStore, type MemoryStore } from '../../../lib/gateways/memory-store.ts';
import { type Store, StoreUnavailable } from '../../../lib/gateways/store.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { newQueueEntry } from '../../../lib/queue/launch-queue-entry.ts';
import { stateKeys } from '../../../lib/state/keys.ts';
import { createState, type State } from '../../../lib/state/state.ts';
import { aConfig } from '../../fixtures/a-config.ts';
import { anApp } from '../../fixtures/an-app.ts';
import { aScheduledInstance } from '../../fixtures/an-instance.ts';
import { seededIds } from '../../simulation/seeded-ids.ts';
import { createSimulatedCluster } from '../../simulation/simulated-cluster.ts';
import { createVirtualClock, type VirtualClock } from '../../simulation/virtual-clock.ts';

const KEYS = stateKeys('stride');
const APP = resolvePathId('/app');
const INVOCATION = 60_000;
const WAKE = { detailType: 'wake', detail: { scheduler: 'stride' } };

let clock: VirtualClock;
let store: MemoryStore;
let state: State;
let sent: BusEntry[];
beforeEach(() => {
  clock = createVirtualClock();
  store = createMemoryStore();
  state = createState(store, 'stride');
  sent = [];
});

/** Starts a tick of a cold process; how it ends is known once time has passed. */
function start(reason: TickReason, on: Store = store, signal = new AbortController().signal) {
  const tick = createTick({
    state: createState(on, 'stride'),
    cluster: createSimulatedCluster({ clock, agents: 1, emit: () => undefined }),
    bus: { send: async (entries) => void sent.push(...entries) },
    clock,
    ids: seededIds(),
    config: aConfig({ region: 'local' }),
    log: { info: () => undefined, error: () => undefined },
  });
  const run: { outcome?: TickRun; error?: unknown } = {};
  tick(reason, clock.now() + INVOCATION, signal).then(
    (outcome) => {
      run.outcome = outcome;
    },
    (error: unknown) => {
      run.error = error;
    },
  );
  return run;
}
const ownerOf = async (): Promise<string> => (await state.coordination.readLease()).owner;

describe('the tick and its lease', () => {
  it('looks once when there is nothing to do, and lets go', async () => {
    const run = start('wake');
    await clock.pass(100);
    expect(run).toEqual({ outcome: { outcome: 'done', passes: 1 } });
    expect(await state.coordination.readLease()).toMatchObject({ owner: '', fence: 1 });
  });

  it('leaves the work to the holder when it was woken', async () => {
    await state.coordination.acquireLease('other', clock.now(), clock.now() + 6_000);
    const run = start('wake');
    await clock.pass(100);
    expect(run).toEqual({ outcome: { outcome: 'held', passes: 0 } });
    expect(await ownerOf()).toBe('other');
  });

  it('outwaits a dead holder when it is the timer', async () => {
    await state.coordination.acquireLease('dead', clock.now(), clock.now() + 6_000);
    const run = start('timer');
    await clock.pass(5_900);
    expect(run).toEqual({});
    await clock.pass(200);
    expect(run).toEqual({ outcome: { outcome: 'done', passes: 1 } });
  });

  it('leaves the work to a holder that lives', async () => {
    await state.coordination.acquireLease('other', clock.now(), clock.now() + 6_000);
    const run = start('timer');
    await clock.pass(5_000);
    await state.coordination.renewLease('other', clock.now() + 6_000, { tokens: 1, at: clock.now() });
    await clock.pass(2_000);
    expect(run).toEqual({ outcome: { outcome: 'held', passes: 0 } });
  });

  it('looks again when somebody woke it meanwhile', async () => {
    let woken = false;
    const waking: Store = {
      ...store,
      query: async (pk, range) => {
        if (pk === KEYS.dirty && !woken) {
          woken = true;
          await state.coordination.wake();
        }
        return store.query(pk, range);
      },
    };
    const run = start('wake', waking);
    await clock.pass(200);
    expect(run).toEqual({ outcome: { outcome: 'done', passes: 2 } });
  });

  it('stops when it lost the lease', async () => {
    const losing: Store = {
      ...store,
      query: async (pk, range) => {
        if (pk === KEYS.dirty) await store.update(KEYS.lease, { set: { owner: 'other', until: clock.now() + 6_000 } });
        return store.query(pk, range);
      },
    };
    const run = start('wake', losing);
    await clock.pass(200);
    expect(run).toEqual({ outcome: { outcome: 'lost', passes: 1 } });
    expect(await ownerOf()).toBe('other');
  });

  it('keeps the lease while a pass takes long, though renewals fail now and then', async () => {
    let renewals = 0;
    let inPass = false;
    const slow: Store = {
      ...store,
      query: async (pk, range) => {
        if (pk !== KEYS.dirty) return store.query(pk, range);
        inPass = true;
        await clock.sleep(20_000);
        inPass = false;
        return store.query(pk, range);
      },
      update: async (key, changes, condition) => {
        if (key.pk === KEYS.lease.pk && changes.set?.['owner'] === undefined && changes.set?.['until'] !== undefined) {
          renewals += 1;
          if (inPass && renewals % 2 === 1) throw new StoreUnavailable('no answer');
        }
        return store.update(key, changes, condition);
      },
    };
    const run = start('wake', slow);
    for (let second = 0; second < 19; second += 1) {
      await clock.pass(1_000);
      const lease = await state.coordination.readLease();
      expect(lease.owner).not.toBe('');
      expect(lease.until).toBeGreaterThan(clock.now());
    }
    await clock.pass(5_000);
    expect(renewals).toBeGreaterThan(5);
    expect(run).toEqual({ outcome: { outcome: 'done', passes: 1 } });
  });

  it('lets go when a pass fails, and says so', async () => {
    const silent: Store = {
      ...store,
      query: async (pk, range) => {
        if (pk === KEYS.dirty) throw new StoreUnavailable('no answer');
        return store.query(pk, range);
      },
    };
    const run = start('wake', silent);
    await clock.pass(200);
    expect(run.error).toBeInstanceOf(StoreUnavailable);
    expect(await ownerOf()).toBe('');
  });

  it('ends when it is told to', async () => {
    const abort = new AbortController();
    const endless: Store = {
      ...store,
      query: async (pk, range) => {
        if (pk === KEYS.dirty) {
          await clock.sleep(1_000);
          await state.coordination.wake();
        }
        return store.query(pk, range);
      },
    };
    const run = start('wake', endless, abort.signal);
    await clock.pass(5_500);
    expect(run).toEqual({});
    abort.abort();
    await clock.pass(2_000);
    expect(run.outcome?.outcome).toBe('done');
    expect(await ownerOf()).toBe('');
    expect(sent).toEqual([WAKE]);
  });

  it('passes the rest on before its time is over', async () => {
    const endless: Store = {
      ...store,
      query: async (pk, range) => {
        if (pk === KEYS.dirty) {
          await clock.sleep(1_000);
          await state.coordination.wake();
        }
        return store.query(pk, range);
      },
    };
    const run = start('wake', endless);
    await clock.pass(54_000);
    expect(run).toEqual({});
    await clock.pass(4_000);
    expect(run.outcome?.outcome).toBe('done');
    expect(sent).toEqual([WAKE]);
    expect(await ownerOf()).toBe('');
  });
});

describe('a run spec that nobody wants any more', () => {
  const silent = { events: [], dirty: [], wake: false };

  it('keeps its queue entry until the last of its instances is gone', async () => {
    const instance = aScheduledInstance({ goal: 'Decommissioned' });
    await state.instances.replace(instance, 0, silent);
    await state.instances.putQueueEntry(newQueueEntry(anApp()), 0);
    await state.coordination.markDirty({ runSpec: APP, mark: 'made' });
    let races = 1;
    const racing: Store = {
      ...store,
      delete: async (key, condition) => {
        if (key.pk === KEYS.instances(APP) && races > 0) {
          races -= 1;
          await state.instances.replace(instance, 1, silent);
        }
        return store.delete(key, condition);
      },
    };
    const run = start('wake', racing);
    await clock.pass(1_000);
    expect(run.outcome?.outcome).toBe('done');
    expect(await state.instances.list(APP)).toEqual([]);
    expect(await state.instances.getQueueEntry(APP)).toBeUndefined();
    expect(await state.coordination.listDirty()).toEqual([]);
  });
});

describe('a run spec whose moves meet an outage', () => {
  it('stays marked, and the next tick makes them', async () => {
    await state.instances.replace(aScheduledInstance({ goal: 'Decommissioned' }), 0, {
      events: [],
      dirty: [],
      wake: false,
    });
    await state.instances.putQueueEntry(newQueueEntry(anApp()), 0);
    await state.coordination.markDirty({ runSpec: APP, mark: 'made' });
    const silent: Store = {
      ...store,
      delete: async (key, condition) => {
        if (key.pk === KEYS.instances(APP)) throw new StoreUnavailable('no answer');
        return store.delete(key, condition);
      },
    };
    const failed = start('wake', silent);
    await clock.pass(1_000);
    expect(failed.error).toBeInstanceOf(StoreUnavailable);
    expect(await state.coordination.listDirty()).toEqual([{ runSpec: APP, mark: 'made' }]);
    start('wake');
    await clock.pass(1_000);
    expect(await state.instances.list(APP)).toEqual([]);
    expect(await state.coordination.listDirty()).toEqual([]);
  });
});
