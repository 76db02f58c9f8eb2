import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { propose } from '../../lib/deployment/advance.ts';
import { chooseEvenly } from '../../lib/deployment/even-victims.ts';
import { restartBounds } from '../../lib/deployment/restart.ts';
import { isCounted, proposeScaling } from '../../lib/deployment/scale.ts';
import { isHealthy } from '../../lib/health/instance-health.ts';
import type { Constraint } from '../../lib/model/constraint.ts';
import { type Condition, type Instance, isTerminal } from '../../lib/model/instance.ts';
import { toTimestamp } from '../../lib/model/timestamp.ts';
import { anApp, EPOCH } from '../fixtures/an-app.ts';
import { anInstanceAgent } from '../fixtures/an-instance.ts';
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

/** What an upgrade that is undone half-way leaves: old and new instances, healthy or not, some of them on their way out. */
const midUpgrade = fc
  .array(
    fc.record({
      isNewer: fc.boolean(),
      isWanted: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
      condition: fc.constantFrom<Condition>('Running', 'Running', 'Running', 'Staging', 'Scheduled', 'Unreachable'),
      alive: fc.boolean(),
    }),
    { maxLength: 16 },
  )
  .map((all) =>
    all.map(({ isNewer, isWanted, condition, alive }, index) =>
      anOldInstance(index, {
        condition,
        goal: isWanted ? 'Running' : 'Decommissioned',
        health: [{ alive, consecutiveFailures: alive ? 0 : 1 }],
        ...(isNewer && { runSpecVersion: toTimestamp(EPOCH - 30_000) }),
      }),
    ),
  );
const wantedAndHealthy = (instances: readonly Instance[]): number =>
  instances.filter((instance) => instance.goal === 'Running' && isHealthy(instance)).length;

describe('a rollback from the middle of an upgrade', () => {
  it('never takes an app below its minimum health capacity, and ends', () => {
    fc.assert(
      fc.property(fc.nat({ max: 12 }), strategy, midUpgrade, (target, upgradeStrategy, there) => {
        const world = createRollingWorld(anApp({ instances: target, upgradeStrategy }), there);
        const { minHealthy } = restartBounds(target, 0, upgradeStrategy);
        for (let turn = 0; turn < 200 && !world.isDone(); turn += 1) {
          const before = wantedAndHealthy(world.all());
          world.decide();
          expect(wantedAndHealthy(world.all())).toBeGreaterThanOrEqual(Math.min(minHealthy, before));
          const [next] = world.waiting();
          if (world.bury() === 0 && next !== undefined) world.run(next.id);
        }
        expect(world.isDone()).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('nor when it only lowers the number of instances', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 12 }),
        share,
        midUpgrade,
        fc.constantFrom('YOUNGEST_FIRST' as const, 'OLDEST_FIRST' as const),
        (target, minimumHealthCapacity, there, killSelection) => {
          const strategyOf = { minimumHealthCapacity, maximumOverCapacity: 1 };
          const spec = anApp({ instances: target, upgradeStrategy: strategyOf, killSelection });
          const duty = { kind: 'keep', count: target, spareHealthy: true } as const;
          const gone = new Set(propose(duty, there, spec).decommission);
          const left = there.filter(({ id }) => !gone.has(id));
          const { minHealthy } = restartBounds(target, 0, strategyOf);
          expect(wantedAndHealthy(left)).toBeGreaterThanOrEqual(Math.min(minHealthy, wantedAndHealthy(there)));
        },
      ),
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
        fc.boolean(),
        (instances, target, selection, spareHealthy) => {
          const { create, decommission } = proposeScaling(instances, target, {
            selection,
            spareHealthy,
            constraints: [],
          });
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

  it('brings the groups of GROUP_BYs no further apart than they were, or than one', () => {
    const groups = fc.record({ rack: fc.constantFrom('r1', 'r2', 'r3'), zone: fc.constantFrom('z1', 'z2') });
    const constraintOn = (field: string): Constraint => ({ field, operator: 'GROUP_BY' });
    const apart = (all: readonly Instance[], values: ReadonlySet<string>, field: string): number => {
      const sizes = [...values].map((value) => all.filter(({ agent }) => agent?.attributes[field] === value).length);
      return Math.max(...sizes) - Math.min(...sizes);
    };
    fc.assert(
      fc.property(
        fc.array(fc.tuple(groups, fc.nat({ max: 5 })), { minLength: 1, maxLength: 40 }),
        fc.nat({ max: 40 }),
        fc.subarray(['rack', 'zone'], { minLength: 1 }),
        (there, count, fields) => {
          const instances = there.map(([attributes, age], index) =>
            anOldInstance(index, { agent: anInstanceAgent({ attributes }), activeSince: EPOCH + age }),
          );
          const order = { selection: 'YOUNGEST_FIRST', spareHealthy: false } as const;
          const constraints = fields.map(constraintOn);
          const target = Math.max(1, instances.length - count);
          const step = chooseEvenly(instances, [], instances.length - target, constraints);
          const all = proposeScaling(instances, target, { ...order, constraints }).decommission;
          // With one GROUP_BY the step always finds somebody, so that age alone decides about nobody.
          const gone = new Set(fields.length === 1 ? all : step.map(({ id }) => id));
          const left = instances.filter(({ id }) => !gone.has(id));
          expect(all).toHaveLength(instances.length - target);
          for (const field of fields) {
            const values = new Set(instances.flatMap(({ agent }) => agent?.attributes[field] ?? []));
            expect(apart(left, values, field)).toBeLessThanOrEqual(Math.max(1, apart(instances, values, field)));
          }
        },
      ),
    );
  });
});
