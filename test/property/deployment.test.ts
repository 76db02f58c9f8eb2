import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { restartBounds } from '../../lib/deployment/restart.ts';
import { isCounted, proposeScaling } from '../../lib/deployment/scale.ts';
import { type Condition, type Instance, isTerminal } from '../../lib/model/instance.ts';
import { anApp } from '../fixtures/an-app.ts';
import { anOldInstance, createRollingWorld } from '../unit/deployment/rolling-world.ts';

const share = fc.oneof(fc.constantFrom(0, 0.1, 0.5, 0.7, 1), fc.double({ min: 0, max: 1, noNaN: true }));
const strategy = fc.record({ minimumHealthCapacity: share, maximumOverCapacity: share });
const old = (conditions: readonly Condition[]): fc.Arbitrary<readonly Instance[]> =>
  fc
    .array(fc.constantFrom(...conditions), { maxLength: 12 })
    .map((all) => all.map((condition, index) => anOldInstance(index, { condition })));

const healthyOf = (instances: readonly Instance[]): number =>
  instances.filter(({ goal, condition }) => goal === 'Running' && condition === 'Running').length;
/** What takes room on agents: every task that has not ended, and what is about to be launched. */
const aliveOf = (instances: readonly Instance[]): number =>
  instances.filter(
    ({ goal, condition }) =>
      condition !== 'Unreachable' && (goal === 'Running' ? true : !isTerminal(condition) && condition !== 'Scheduled'),
  ).length;

describe('a rolling replacement', () => {
  it('never has too many alive, never goes below the minimum itself, and always ends', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 12 }),
        strategy,
        old(['Running', 'Running', 'Running', 'Staging', 'Scheduled', 'Failed', 'Unreachable']),
        // What the world does between two decisions; deaths are over at some time.
        fc.array(fc.record({ pick: fc.nat(), what: fc.constantFrom('run', 'fail', 'bury', 'nothing') }), {
          maxLength: 60,
        }),
        (target, upgradeStrategy, there, happenings) => {
          const world = createRollingWorld(anApp({ instances: target, upgradeStrategy }), there);
          // The most there may ever be: with one extra where minimum and maximum meet.
          const most = restartBounds(target, Number.POSITIVE_INFINITY, upgradeStrategy).maxCapacity;
          const { minHealthy } = restartBounds(target, 0, upgradeStrategy);

          const decide = (): void => {
            const [healthyBefore, aliveBefore] = [healthyOf(world.all()), aliveOf(world.all())];
            const { launched } = world.decide();
            expect(healthyOf(world.all())).toBeGreaterThanOrEqual(Math.min(minHealthy, healthyBefore));
            if (launched > 0) expect(aliveOf(world.all())).toBeLessThanOrEqual(most);
            else expect(aliveOf(world.all())).toBeLessThanOrEqual(aliveBefore);
          };

          for (const { pick, what } of happenings) {
            decide();
            const all = world.all().filter(({ goal }) => goal === 'Running');
            const chosen = all[pick % Math.max(1, all.length)];
            if (what === 'bury') world.bury();
            else if (chosen === undefined) continue;
            else if (what === 'fail' && !isTerminal(chosen.condition)) world.fail(chosen.id);
            else if (what === 'run' && world.waiting().includes(chosen)) world.run(chosen.id);
          }
          // From here on every launch succeeds and every end is told, one at a time.
          for (let turn = 0; turn < 200 && !world.isDone(); turn += 1) {
            decide();
            const [next] = world.waiting();
            if (world.bury() === 0 && next !== undefined) world.run(next.id);
          }
          expect(world.isDone()).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('scaling', () => {
  it('reaches the count in one move, letting go only of what counts, each once', () => {
    fc.assert(
      fc.property(
        old(['Running', 'Staging', 'Starting', 'Scheduled', 'Failed', 'Unreachable', 'UnreachableInactive', 'Killing']),
        fc.nat({ max: 15 }),
        fc.constantFrom('YOUNGEST_FIRST' as const, 'OLDEST_FIRST' as const),
        (instances, target, selection) => {
          const { create, decommission } = proposeScaling(instances, target, selection);
          const counted = instances.filter(isCounted);
          expect(counted.length + create - decommission.length).toBe(target);
          expect(Math.min(create, decommission.length)).toBe(0);
          expect(new Set(decommission).size).toBe(decommission.length);
          const ids = new Set(counted.map(({ id }) => id));
          expect(decommission.filter((id) => !ids.has(id))).toEqual([]);
        },
      ),
    );
  });
});
