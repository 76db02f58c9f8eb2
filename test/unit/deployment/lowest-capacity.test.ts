import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lowestCapacity } from '../../../lib/deployment/lowest-capacity.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { anApp } from '../../fixtures/an-app.ts';
import { anOldInstance, createRollingWorld } from './rolling-world.ts';

const APP = resolvePathId('/app');
const healthyOf = (instances: readonly Instance[]): number =>
  instances.filter(({ goal, condition }) => goal === 'Running' && condition === 'Running').length;

describe('the lowest capacity', () => {
  it('of a restart is what the rolling replacement comes down to, when every launch succeeds', () => {
    const share = fc.constantFrom(0, 0.1, 0.5, 0.7, 1);
    fc.assert(
      fc.property(fc.nat({ max: 8 }), fc.nat({ max: 10 }), share, share, (target, there, min, over) => {
        const spec = anApp({
          instances: target,
          upgradeStrategy: { minimumHealthCapacity: min, maximumOverCapacity: over },
        });
        const start = Array.from({ length: there }, (_, index) => anOldInstance(index));
        const told = lowestCapacity({ kind: 'restart', runSpec: APP }, start, spec);
        const world = createRollingWorld(spec, start);
        let lowest = there;
        for (let turn = 0; turn < 100 && !world.isDone(); turn += 1) {
          world.decide();
          lowest = Math.min(lowest, healthyOf(world.all()));
          const [next] = world.waiting();
          if (world.bury() === 0 && next !== undefined) world.run(next.id);
        }
        expect(lowest).toBeGreaterThanOrEqual(told);
        if (there > 0 && min < 1) expect(told).toBe(Math.min(there, Math.ceil(target * min)));
      }),
      { numRuns: 300 },
    );
  });

  it.for([
    ['scale', 2, 2],
    ['scale', 9, 4],
    ['stop', undefined, 0],
    ['start', 3, 3],
  ] as const)('of %s to %s is %d', ([kind, instances, lowest]) => {
    const there = Array.from({ length: 4 }, (_, index) => anOldInstance(index));
    const spec = instances === undefined ? undefined : anApp({ instances });
    const action = kind === 'scale' ? { kind, runSpec: APP, to: instances } : { kind, runSpec: APP };
    expect(lowestCapacity(action, there, spec)).toBe(lowest);
  });
});
