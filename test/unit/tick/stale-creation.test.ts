import { describe, expect, it } from 'vitest';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { type ControlPlane, createControlPlane } from '../../simulation/control-plane.ts';

/** How long the first tick stands still before it makes its instance; below the time-out of an invocation. */
const STALL = 30_000;
const APP = { id: '/app', cmd: './serve', cpus: 0.1, mem: 32 };

/** A system whose first instance is written so late that others have made it and let it go by then. */
function createStallingPlane(): ControlPlane {
  let isFirst = true;
  const plane: ControlPlane = createControlPlane({
    gatewaysOf: (_process, real) => ({
      store: {
        ...real.store,
        put: async (item, condition) => {
          if (item.pk.includes('#INSTANCE#') && isFirst) {
            isFirst = false;
            await plane.clock.sleep(STALL);
          }
          return real.store.put(item, condition);
        },
      },
    }),
  });
  return plane;
}

describe('a tick that stands still between deciding on an instance and making it', () => {
  it('starts nothing when the instance has lived and gone meanwhile', async () => {
    const plane = createStallingPlane();
    await plane.request('POST', '/v2/apps', APP);
    await plane.clock.pass(100);
    plane.startRival(false);
    await plane.clock.pass(2_000);
    expect(plane.cluster.running()).toHaveLength(1);

    await plane.request('PUT', '/v2/apps/app', { instances: 0 }, { force: 'true' });
    for (let round = 0; round < 5; round += 1) {
      plane.startRival(false);
      await plane.clock.pass(1_000);
    }
    expect(plane.cluster.running()).toHaveLength(0);
    expect(await plane.state.instances.list(resolvePathId('/app'))).toEqual([]);

    plane.monitor.allow(0);
    await plane.clock.pass(STALL + 60_000);
    expect(plane.monitor.mostLive()).toBe(0);
    expect(plane.monitor.violations()).toEqual([]);
    expect(await plane.state.instances.list(resolvePathId('/app'))).toEqual([]);
  });
});
