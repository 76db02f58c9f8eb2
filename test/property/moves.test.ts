import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Moves, planMoves } from '../../lib/deployment/plan-moves.ts';
import { reduceInstance } from '../../lib/instance/reduce-instance.ts';
import { contentHash } from '../../lib/model/content-hash.ts';
import { type LaunchId, toInstanceId } from '../../lib/model/ids.ts';
import { type Instance, isTerminal } from '../../lib/model/instance.ts';
import type { LaunchQueueEntry } from '../../lib/model/launch-queue.ts';
import type { CurrentSpec } from '../../lib/model/root.ts';
import { anApp, EPOCH } from '../fixtures/an-app.ts';
import { anInstance } from '../fixtures/an-instance.ts';

/** The table's part of one run spec, and ticks that come to an end at any of their writes. */
function createTable(start: readonly Instance[]) {
  let entry: LaunchQueueEntry | undefined;
  const instances = new Map(start.map((instance) => [instance.id, instance]));
  let now = EPOCH;
  let ids = 0;
  const written = new Set<string>();

  const apply = (id: Instance['id'], operation: Parameters<typeof reduceInstance>[1]): void => {
    const instance = instances.get(id);
    const effect = instance === undefined ? undefined : reduceInstance(instance, operation, now);
    if (effect?.kind === 'update') instances.set(id, effect.instance);
  };

  /** One deed at a time, the entry first: what a tick that dies leaves out is the tail of this list. */
  function deedsOf(moves: Moves): readonly (() => void)[] {
    const { entry: decided } = moves;
    return [
      () => {
        entry = decided ?? entry;
      },
      ...moves.create.map((made) => () => {
        instances.set(made.id, instances.get(made.id) ?? made);
        written.add(made.id);
      }),
      ...moves.decommission.map((id) => () => apply(id, { kind: 'setGoal', goal: 'Decommissioned' })),
      ...moves.reschedule.map((id) => () => {
        const { runSpecHash, runSpecVersion, configVersion } = instances.get(id) ?? anInstance();
        apply(id, { kind: 'reschedule', runSpecHash, runSpecVersion, configVersion });
      }),
      ...moves.expunge.map(
        ({ id }) =>
          () =>
            void instances.delete(id),
      ),
    ];
  }

  return {
    wanted: (): readonly Instance[] => [...instances.values()].filter(({ goal }) => goal === 'Running'),
    all: (): readonly Instance[] => [...instances.values()],
    entry: (): LaunchQueueEntry | undefined => entry,
    /** A tick that carries out only the first `deeds` of its decisions; how many there were. */
    tick(current: CurrentSpec, count: number, deeds: number): number {
      now += 1_000;
      const view = {
        id: current.id,
        current,
        instances: [...instances.values()],
        duty: { kind: 'keep' as const, count },
        ...(entry === undefined ? {} : { entry }),
      };
      const moves = planMoves(
        view,
        () => {
          ids += 1;
          return `made-${ids}`;
        },
        now,
      );
      for (const deed of deedsOf(moves).slice(0, deeds)) deed();
      return moves.entry === undefined ? deedsOf(moves).length - 1 : deedsOf(moves).length;
    },
    /** Every task ends as asked. */
    end(pick: number, condition: 'Failed' | 'Killed'): void {
      const chosen = [...instances.values()][pick % Math.max(1, instances.size)];
      if (chosen === undefined || isTerminal(chosen.condition)) return;
      const launch = chosen.launch ?? { id: `launch-${now}-${pick}` as LaunchId, at: now, ecsVersion: 1 };
      instances.set(chosen.id, { ...chosen, launch, condition, since: now });
    },
    /** Instances that were ever written besides the first ones. */
    made: (): number => written.size,
  };
}

const spec = anApp();
const current: CurrentSpec = { id: spec.id, spec, former: [], hash: contentHash(spec) };
const start = fc
  .array(fc.constantFrom('Running' as const, 'Staging' as const, 'Failed' as const), { maxLength: 6 })
  .map((conditions) =>
    conditions.map((condition, index) =>
      anInstance({
        id: toInstanceId(spec.id, `first-${index}`),
        condition,
        launch: { id: `launch-${index}` as LaunchId, at: EPOCH, ecsVersion: 1 },
      }),
    ),
  );
const tick = fc.record({ kind: fc.constant('tick' as const), deeds: fc.nat({ max: 12 }) });
const end = fc.record({
  kind: fc.constant('end' as const),
  pick: fc.nat(),
  condition: fc.constantFrom('Failed' as const, 'Killed' as const),
});

describe('ticks that die half-way', () => {
  it('are finished by the next: the count is reached, nobody is made twice, nothing is left to do', () => {
    fc.assert(
      fc.property(
        start,
        fc.nat({ max: 8 }),
        fc.array(fc.oneof(tick, end), { maxLength: 25 }),
        (there, count, story) => {
          const table = createTable(there);
          for (const event of story) {
            if (event.kind === 'tick') table.tick(current, count, event.deeds);
            else table.end(event.pick, event.condition);
            // Decided and written together never exceed the count, unless there were more to begin with.
            expect(table.wanted().length).toBeLessThanOrEqual(Math.max(count, there.length));
          }
          let rounds = 0;
          for (let left = 1; left > 0; rounds += 1) {
            for (const [index, { goal }] of table.all().entries()) if (goal !== 'Running') table.end(index, 'Killed');
            left = table.tick(current, count, Number.POSITIVE_INFINITY);
            expect(rounds).toBeLessThan(6);
          }
          expect(table.wanted()).toHaveLength(count);
          expect(table.all()).toHaveLength(count);
          expect(table.entry() ?? { pending: [], doomed: [] }).toMatchObject({ pending: [], doomed: [] });
          // Without deaths by goal nobody is replaced: an ended instance comes back as itself.
          expect(table.made()).toBeLessThanOrEqual(Math.max(0, count - there.length));
        },
      ),
      { numRuns: 400 },
    );
  });
});
