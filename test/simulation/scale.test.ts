import { describe, expect, it } from 'vitest';
import { type ControlPlane, createControlPlane } from './control-plane.ts';

const INSTANCES = 1_000;
/** AWS's limit for an account and region, all of it ours. */
const ECS_CALLS = { burst: 100, perSecond: 40 };
/** How long a simulated task takes to start, and what the way of an event takes. Seconds. */
const START_UP = 0.5;

const bigApp = { id: '/big', cmd: './serve', instances: INSTANCES, cpus: 0.05, mem: 32 };

/** Seconds of virtual time until the condition holds. */
async function secondsUntil(plane: ControlPlane, holds: () => boolean): Promise<number> {
  const begin = plane.clock.now();
  while (!holds() && plane.clock.now() - begin < 10 * 60_000) await plane.clock.pass(100);
  return (plane.clock.now() - begin) / 1000;
}

const runningOf = (plane: ControlPlane, app: string): number =>
  plane.cluster.running().filter(({ request }) => request.container.environment['MARATHON_APP_ID'] === app).length;

describe(`${INSTANCES} instances within AWS's limits`, () => {
  it('all run almost as soon as the limits allow, without a refused call', async () => {
    const plane = createControlPlane({ agents: 22, ecsCalls: ECS_CALLS });
    await plane.clock.pass(1_000);
    await plane.request('POST', '/v2/apps', bigApp);
    const seconds = await secondsUntil(plane, () => plane.cluster.running().length === INSTANCES);
    expect(seconds).toBeLessThanOrEqual(1.15 * ((INSTANCES - ECS_CALLS.burst) / ECS_CALLS.perSecond + START_UP));
    expect(plane.cluster.throttled()).toBe(0);
    expect(plane.monitor.violations()).toEqual([]);
  });

  it('leave room, ten thousand too: an app of one instance starts within two seconds beside them', async () => {
    const plane = createControlPlane({ agents: 220, ecsCalls: ECS_CALLS });
    await plane.clock.pass(1_000);
    await plane.request('POST', '/v2/apps', { ...bigApp, instances: 10_000 });
    await secondsUntil(plane, () => plane.cluster.running().length > 300);
    await plane.request('POST', '/v2/apps', { id: '/small', cmd: './serve', cpus: 0.05, mem: 32 });
    const seconds = await secondsUntil(plane, () => runningOf(plane, '/small') === 1);
    expect(seconds).toBeLessThanOrEqual(2);
    expect(runningOf(plane, '/big')).toBeLessThan(1_000);
  });
});
