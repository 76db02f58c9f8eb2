import { expect } from 'vitest';
import { type ControlPlane, createControlPlane } from './control-plane.ts';
import { type FaultPlan, withFaults } from './faults.ts';

/** An app whose rolling replacement neither exceeds three tasks nor leaves fewer than two. */
const APP = {
  id: '/shop/cart',
  cmd: './serve',
  cpus: 1,
  mem: 128,
  instances: 2,
  upgradeStrategy: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 },
};
/** Every fault heals by then: the lease runs out after 6 s, the timer comes each minute, silence ends after 75 s. */
const PATIENCE = 240_000;
/** While a tick stalls another one starts, this long before the first goes on. */
const RIVAL_LEAD = 100;

async function passUntil(plane: ControlPlane, isReached: () => Promise<boolean>, what: string): Promise<void> {
  const end = plane.clock.now() + PATIENCE;
  while (!(await isReached())) {
    if (plane.clock.now() >= end) throw new Error(`not reached: ${what}`);
    await plane.clock.pass(500);
  }
}

async function isQuiet(plane: ControlPlane, running: number): Promise<boolean> {
  const root = await plane.state.definitions.readRoot();
  const live = [...plane.cluster.tasks.values()].filter(({ sighting }) => sighting.lastStatus !== 'STOPPED');
  return (
    live.length === running &&
    plane.cluster.running().length === running &&
    Object.keys(root.value.running).length === 0
  );
}

async function accept(plane: ControlPlane, ...request: Parameters<ControlPlane['request']>): Promise<void> {
  const answer = await plane.request(...request);
  expect([200, 201]).toContain(answer.status);
}

/** What is left when everything is over, to be compared with what should be. */
async function leftOvers(plane: ControlPlane) {
  const agents = await plane.state.agents.list();
  return {
    live: [...plane.cluster.tasks.values()].filter(({ sighting }) => sighting.lastStatus !== 'STOPPED').length,
    claims: agents.flatMap(({ claims }) => claims.value.claims),
    queue: await plane.state.instances.listQueue(),
    violations: plane.monitor.violations(),
  };
}

/**
 * Create, lose a task, scale up, replace, delete, with faults between the tick and its gateways: every stage must be
 * reached, and nothing may ever be doubled on the way. Returns how many calls the ticks made.
 */
export async function liveThrough(faults: FaultPlan): Promise<number> {
  let calls = 0;
  let stalledUntil = 0;
  const plane = createControlPlane({
    agents: 2,
    gatewaysOf: (process, real, endsAt) => {
      if (process !== 'tick') return real;
      return withFaults(
        real,
        plane.clock,
        (call) => {
          calls += 1;
          const fault = faults({ ...call, index: calls - 1 });
          if (fault?.kind === 'stall') {
            stalledUntil = plane.clock.now() + fault.ms;
            plane.clock.after(fault.ms - RIVAL_LEAD, () => plane.startTick('wake'));
          }
          return fault;
        },
        endsAt,
      );
    },
  });
  plane.monitor.allow(2);
  await accept(plane, 'POST', '/v2/apps', APP);
  await passUntil(plane, () => isQuiet(plane, 2), 'two run');

  const [victim] = plane.cluster.running();
  if (victim !== undefined) plane.cluster.exit(victim.sighting.arn, 1);
  await passUntil(plane, () => isQuiet(plane, 2), 'two run again');

  plane.monitor.allow(3);
  await accept(plane, 'PUT', '/v2/apps/shop/cart', { instances: 3 });
  await passUntil(plane, () => isQuiet(plane, 3), 'three run');

  const before = new Set(plane.cluster.running().map(({ sighting }) => sighting.arn));
  await accept(plane, 'PUT', '/v2/apps/shop/cart', { cmd: './serve --new' });
  const replaced = async (): Promise<boolean> =>
    (await isQuiet(plane, 3)) && plane.cluster.running().every(({ sighting }) => !before.has(sighting.arn));
  await passUntil(plane, replaced, 'three new ones run');

  await accept(plane, 'DELETE', '/v2/apps/shop/cart');
  const over = async (): Promise<boolean> => {
    const left = await leftOvers(plane);
    return left.live === 0 && left.claims.length === 0 && left.queue.length === 0;
  };
  await passUntil(plane, over, 'nothing is left');
  await plane.clock.pass(Math.max(0, stalledUntil + 1_000 - plane.clock.now()));
  expect(await leftOvers(plane)).toEqual({ live: 0, claims: [], queue: [], violations: [] });
  return calls;
}
