import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isActionDone } from '../../../lib/deployment/advance.ts';
import { waitsFor } from '../../../lib/deployment/waits-for.ts';
import type { DeploymentAction } from '../../../lib/model/deployment.ts';
import { type InstanceId, toInstanceId } from '../../../lib/model/ids.ts';
import type { Condition, Goal, Instance } from '../../../lib/model/instance.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { anApp } from '../../fixtures/an-app.ts';
import { anInstance, aScheduledInstance } from '../../fixtures/an-instance.ts';
import { anOldInstance } from './rolling-world.ts';

const APP = resolvePathId('/app');
const idOf = (name: string): InstanceId => toInstanceId(APP, name);
const one = (name: string, fields: Partial<Instance> = {}): Instance => anInstance({ id: idOf(name), ...fields });
const failing = { health: [{ alive: false, consecutiveFailures: 1 }] };
const scale = (to: number, kill: readonly string[] = []): DeploymentAction => ({
  kind: 'scale',
  runSpec: APP,
  to,
  ...(kill.length > 0 && { kill: kill.map(idOf) }),
});
const restart: DeploymentAction = { kind: 'restart', runSpec: APP };
const stop: DeploymentAction = { kind: 'stop', runSpec: APP };
const SPEC = anApp({ instances: 3 });

describe('what a deployment waits for', () => {
  it.for<readonly [string, DeploymentAction, readonly Instance[], readonly string[]]>([
    ['nothing when it is done', scale(1), [one('a')], []],
    [
      'healthy instances',
      scale(3),
      [one('a'), one('b', failing), one('c', failing)],
      ['2 of 3 instances of /app are not healthy'],
    ],
    [
      'ready ones',
      scale(1),
      [one('a', { readiness: [{ name: 'ready', ready: false }] })],
      ['1 of 1 instances of /app is not ready'],
    ],
    [
      'resources, starts, and agents',
      scale(4),
      [
        aScheduledInstance({ id: idOf('a') }),
        one('b', { condition: 'Staging' }),
        one('c', { condition: 'Unreachable' }),
      ],
      [
        '1 instance of /app waits for resources: see /stride/v1/explain/app',
        '1 of 4 instances of /app is starting',
        '1 of 4 instances of /app is out of reach',
        '1 of 4 instances of /app is not created yet',
      ],
    ],
    [
      'those that are to go',
      scale(1, ['b']),
      [one('a'), one('b'), one('c', { goal: 'Decommissioned' })],
      ['1 instance of /app is to be killed', `instance ${idOf('c')} is being killed`],
    ],
    [
      'old ones, until new ones are ready',
      restart,
      [one('a'), anOldInstance(1), anOldInstance(2), anOldInstance(3, { goal: 'Decommissioned' })],
      [
        '2 of 3 instances of /app are not created yet',
        '2 old instances of /app are still wanted',
        `old instance ${anOldInstance(3).id} is being killed`,
      ],
    ],
    [
      'the end of all',
      stop,
      ['a', 'b', 'c', 'd'].map((name) => one(name, { goal: 'Decommissioned' })),
      ['4 instances of /app are being killed'],
    ],
  ])('%s', ([, action, instances, words]) => {
    expect(waitsFor(action, instances, action.kind === 'stop' ? undefined : SPEC)).toEqual(words);
  });

  it('is always said while an action is not done', () => {
    const conditions: readonly Condition[] = ['Scheduled', 'Staging', 'Running', 'Killing', 'Unreachable', 'Failed'];
    const goals: readonly Goal[] = ['Running', 'Running', 'Stopped', 'Decommissioned'];
    const anyOf = fc.record({
      condition: fc.constantFrom(...conditions),
      goal: fc.constantFrom(...goals),
      isOld: fc.boolean(),
      fails: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(anyOf, { maxLength: 6 }),
        fc.constantFrom(scale(2), scale(2, ['0']), restart, stop),
        (all, action) => {
          const instances = all.map(({ condition, goal, isOld, fails }, index) => {
            const fields = { condition, goal, ...(fails && failing) };
            return isOld ? anOldInstance(index, fields) : one(String(index), fields);
          });
          const spec = action.kind === 'stop' ? undefined : SPEC;
          const words = waitsFor(action, instances, spec);
          expect(words.length === 0).toBe(isActionDone(action, instances, spec));
        },
      ),
      { numRuns: 500 },
    );
  });
});
