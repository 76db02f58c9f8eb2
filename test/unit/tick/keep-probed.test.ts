import { beforeEach, describe, expect, it } from 'vitest';
import { createProbeKeeper } from '../../../functions/scheduler-tick/keep-probed.ts';
import { loadSnapshot } from '../../../functions/scheduler-tick/snapshot.ts';
import { createWorkbench } from '../../../functions/scheduler-tick/workbench.ts';
import type { BusEntry } from '../../../lib/gateways/bus.ts';
import { createMemoryStore } from '../../../lib/gateways/memory-store.ts';
import { NO_RESULT } from '../../../lib/health/check-state.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import { quietly } from '../../../lib/state/instances.ts';
import { createState, type State } from '../../../lib/state/state.ts';
import { aConfig } from '../../fixtures/a-config.ts';
import { anInstance } from '../../fixtures/an-instance.ts';
import { seededIds } from '../../simulation/seeded-ids.ts';
import { createSimulatedCluster } from '../../simulation/simulated-cluster.ts';
import { createVirtualClock, type VirtualClock } from '../../simulation/virtual-clock.ts';

const PROBE = { detailType: 'probe', detail: { scheduler: 'stride', shard: 0 } };
const checked = anInstance({ health: [NO_RESULT] });
const log = { info: () => undefined, error: () => undefined };

let clock: VirtualClock;
let state: State;
let sent: BusEntry[];
let rev: number;
beforeEach(() => {
  clock = createVirtualClock();
  state = createState(createMemoryStore(), 'stride');
  sent = [];
  rev = 0;
});

function aKeeper() {
  const keeper = createProbeKeeper({
    state,
    clock,
    log,
    ids: seededIds(),
    config: aConfig(),
    cluster: createSimulatedCluster({ clock, agents: 1, emit: () => undefined }),
    bus: { send: async (entries) => void sent.push(...entries) },
  });
  return {
    forget: keeper.forget,
    async keep(): Promise<void> {
      const snapshot = await loadSnapshot(state, false, log, new Set());
      await keeper.keep(snapshot, createWorkbench(state, clock, snapshot));
    },
  };
}
async function store(instance: Instance): Promise<void> {
  await state.instances.replace(instance, rev, quietly([]));
  rev += 1;
  await state.coordination.markDirty({ runSpec: instance.runSpec, mark: String(rev) });
}
const digests = async () => (await state.probing.list()).marks.map(({ digest }) => digest);

describe('the tick and the probers', () => {
  it('names who is to be asked, and starts a prober', async () => {
    await store(checked);
    await aKeeper().keep();
    expect(await digests()).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(sent).toEqual([PROBE]);
  });

  it('starts none for tasks that nobody asks from outside', async () => {
    await store(anInstance({ health: [{ ...NO_RESULT, container: { retries: 3 } }] }));
    const { keep } = aKeeper();
    await keep();
    await clock.pass(60_000);
    await keep();
    expect(await state.probing.list()).toEqual({ marks: [], leases: [] });
    expect(sent).toEqual([]);
  });

  it('tells of changes alone, and again when another tick was at work in between', async () => {
    await store(checked);
    const { keep, forget } = aKeeper();
    await keep();
    const [told = ''] = await digests();
    const stale = { runSpec: checked.runSpec, digest: 'of another tick' };
    await state.probing.putMark(stale);
    await keep();
    expect(await digests()).toEqual([stale.digest]);
    forget();
    await keep();
    expect(await digests()).toEqual([told]);
    await store({ ...checked, condition: 'Killing' });
    await keep();
    expect(await digests()).toEqual(['']);
  });

  it('looks each half minute whether somebody asks, or is to follow one who ends', async () => {
    await store(checked);
    const { keep } = aKeeper();
    await keep();
    const look = async (): Promise<number> => {
      sent.length = 0;
      await clock.pass(30_000);
      await keep();
      return sent.length;
    };
    expect(await look()).toBe(1);
    await state.probing.acquire(0, 'prober', clock.now(), clock.now() + 600_000);
    expect(await look()).toBe(0);
    await state.probing.renew(0, 'prober', clock.now() + 600_000, true);
    expect(await look()).toBe(1);
    await state.probing.succeed(0, 'next');
    expect(await look()).toBe(0);
    await state.probing.release(0, 'prober', clock.now());
    expect(await look()).toBe(1);
  });
});
