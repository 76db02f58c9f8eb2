import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { ClusterSnapshot, SchedulePlan } from '../../lib/model/schedule.ts';
import type { PlacementMemory } from '../../lib/placement/placement-memory.ts';
import { type ControlPlane, createControlPlane } from './control-plane.ts';

/** Plans of the ticks that had a memory, as they were and as they had been without one. */
const plans = vi.hoisted(() => ({ warm: [] as unknown[], cold: [] as unknown[] }));

const outcomeOf = ({ placements, unplaced }: SchedulePlan) => ({
  placements,
  unplaced: unplaced.map(({ instances, refusals: { agents, byRule } }) => ({ instances, agents, byRule })),
});

vi.mock('../../lib/placement/plan-schedule.ts', async (load) => {
  const { planSchedule } = await load<typeof import('../../lib/placement/plan-schedule.ts')>();
  return {
    planSchedule(snapshot: ClusterSnapshot, memory?: PlacementMemory): SchedulePlan {
      const plan = planSchedule(snapshot, memory);
      if (memory !== undefined) {
        plans.warm.push(outcomeOf(plan));
        plans.cold.push(outcomeOf(planSchedule(snapshot)));
      }
      return plan;
    },
  };
});

const CONSTRAINTS = [[], [['hostname', 'UNIQUE']], [['@zone', 'GROUP_BY']], [['hostname', 'MAX_PER', '2']]];

const step = fc.oneof(
  fc.record({
    kind: fc.constant('put' as const),
    app: fc.constantFrom('a', 'b', 'c'),
    instances: fc.integer({ min: 0, max: 9 }),
    cpus: fc.constantFrom(0.1, 1, 3),
    constraints: fc.constantFrom(...CONSTRAINTS),
  }),
  fc.record({ kind: fc.constant('exit' as const), task: fc.nat(9) }),
  fc.record({ kind: fc.constant('cutOff' as const), agent: fc.nat(3), connected: fc.boolean() }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function take(plane: ControlPlane, one: Step): Promise<void> {
  switch (one.kind) {
    case 'put': {
      const { app, kind: _, ...fields } = one;
      await plane.request('PUT', `/v2/apps/${app}`, { cmd: './serve', mem: 10, ...fields }, { force: 'true' });
      return;
    }
    case 'exit': {
      const task = plane.cluster.running()[one.task];
      if (task !== undefined) plane.cluster.exit(task.sighting.arn, 1);
      return;
    }
    case 'cutOff':
      plane.cluster.setConnected(one.agent, one.connected);
  }
}

it('plans as a process that has just begun does, whatever it remembers of the plans before', async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      plans.warm = [];
      plans.cold = [];
      const plane = createControlPlane({ agents: 4 });
      for (const one of steps) {
        await take(plane, one);
        await plane.clock.pass(3_000);
      }
      await plane.clock.pass(65_000);
      expect(plane.errors).toEqual([]);
      expect(plane.monitor.violations()).toEqual([]);
      expect(plans.warm).toEqual(plans.cold);
      compared += plans.warm.length;
    }),
    { numRuns: 20 },
  );
  expect(compared).toBeGreaterThan(100);
});
