import { beforeEach, describe, expect, it } from 'vitest';
import { type CarriedOut, carryOutMoves } from '../../../functions/scheduler-tick/carry-out-moves.ts';
import { loadSnapshot } from '../../../functions/scheduler-tick/snapshot.ts';
import { createWorkbench } from '../../../functions/scheduler-tick/workbench.ts';
import { type InstanceId, toInstanceId } from '../../../lib/model/ids.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { aConfig } from '../../fixtures/a-config.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { type ControlPlane, createControlPlane } from '../../simulation/control-plane.ts';
import { seededIds } from '../../simulation/seeded-ids.ts';

const APP = resolvePathId('/app');
const log = { info: () => undefined, error: () => undefined };

describe('what is decided for a run spec and carried out', () => {
  let plane: ControlPlane;
  beforeEach(async () => {
    plane = createControlPlane({ agents: 2 });
    await plane.request('POST', '/v2/apps', { id: APP, cmd: './serve', cpus: 0.1, mem: 32, instances: 3 });
    await plane.clock.pass(5_000);
  });

  /** Looks at all run specs, as one pass does. */
  async function look(): Promise<CarriedOut> {
    const { state, clock, cluster } = plane;
    const snapshot = await loadSnapshot(state, true, log, new Set());
    const deps = {
      state,
      clock,
      cluster,
      bus: { send: async () => undefined },
      ids: seededIds(),
      config: aConfig(),
      log,
    };
    return carryOutMoves(deps, snapshot, createWorkbench(state, clock, snapshot));
  }
  const pendingOf = async (): Promise<readonly InstanceId[] | undefined> =>
    (await plane.state.instances.getQueueEntry(APP))?.value.pending;

  it('is looked at again at once, and then no more, though the entry is tidied up', async () => {
    expect(await look()).toMatchObject({ changed: new Set(), moved: new Set() });
    const [lost] = await plane.state.instances.list(APP);
    if (lost === undefined) throw new Error('nothing runs');
    await plane.state.instances.remove(lost.value, lost.rev);
    expect(await look()).toMatchObject({ changed: new Set([APP]), moved: new Set([APP]) });
    expect(await pendingOf()).toHaveLength(1);
    expect(await look()).toMatchObject({ changed: new Set([APP]), moved: new Set() });
    expect(await pendingOf()).toEqual([]);
    expect(await look()).toMatchObject({ changed: new Set(), moved: new Set() });
  });

  it('is looked at again as long as the entry of an app that is gone has to go', async () => {
    const gone = resolvePathId('/gone');
    const entry = { runSpec: gone, configVersion: toTimestamp(EPOCH), counted: [], doomed: [] };
    await plane.state.instances.putQueueEntry({ ...entry, pending: [toInstanceId(gone, 'never-made')] }, 0);
    expect(await look()).toMatchObject({ moved: new Set([gone]) });
    expect(await look()).toMatchObject({ moved: new Set() });
    expect(await plane.state.instances.listQueue()).toEqual([APP]);
  });
});
