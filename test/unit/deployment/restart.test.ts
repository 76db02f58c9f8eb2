import { describe, expect, it } from 'vitest';
import { isRestarted, proposeRestart, restartBounds } from '../../../lib/deployment/restart.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import { anApp } from '../../fixtures/an-app.ts';
import { anInstance } from '../../fixtures/an-instance.ts';
import { anOldInstance, createRollingWorld } from './rolling-world.ts';

const aSpec = (instances: number, minimumHealthCapacity: number, maximumOverCapacity: number) =>
  anApp({ instances, upgradeStrategy: { minimumHealthCapacity, maximumOverCapacity } });
const old = (count: number, fields: Partial<Instance> = {}): readonly Instance[] =>
  Array.from({ length: count }, (_, index) => anOldInstance(index, fields));

describe('the bounds of a rolling replacement (deployments.md §4.1)', () => {
  it.for([
    { target: 10, healthy: 10, min: 1, over: 1, minHealthy: 10, maxCapacity: 20 },
    { target: 10, healthy: 10, min: 0.1, over: 1, minHealthy: 1, maxCapacity: 20 },
    { target: 2, healthy: 2, min: 0.5, over: 0, minHealthy: 1, maxCapacity: 2 },
    { target: 1, healthy: 1, min: 0.5, over: 0, minHealthy: 1, maxCapacity: 2 },
    { target: 1, healthy: 0, min: 0.5, over: 0, minHealthy: 1, maxCapacity: 1 },
    { target: 3, healthy: 4, min: 1, over: 0.3, minHealthy: 3, maxCapacity: 4 },
    { target: 2, healthy: 1, min: 0.5, over: 0, minHealthy: 1, maxCapacity: 2 },
    // Plain doubles, no epsilon.
    { target: 3, healthy: 0, min: 0.7, over: 0, minHealthy: 3, maxCapacity: 3 },
    { target: 100, healthy: 0, min: 0.07, over: 0, minHealthy: 8, maxCapacity: 100 },
    { target: 100, healthy: 0, min: 1, over: 0.15, minHealthy: 100, maxCapacity: 114 },
    { target: 0, healthy: 0, min: 1, over: 1, minHealthy: 0, maxCapacity: 1 },
  ])(
    '$target wanted, $healthy healthy, $min/$over: $minHealthy to $maxCapacity',
    ({ target, healthy, min, over, minHealthy, maxCapacity }) => {
      expect(restartBounds(target, healthy, { minimumHealthCapacity: min, maximumOverCapacity: over })).toEqual({
        minHealthy,
        maxCapacity,
      });
    },
  );
});

describe('the first move of a rolling replacement', () => {
  it.for([
    { spec: aSpec(10, 1, 1), there: old(10), kill: 0, launch: 10, why: 'the defaults' },
    { spec: aSpec(10, 0.1, 1), there: old(10), kill: 9, launch: 10, why: 'nearly all may go' },
    { spec: aSpec(2, 0.5, 0), there: old(2), kill: 1, launch: 0, why: 'room by killing' },
    { spec: aSpec(1, 0.5, 0), there: old(1), kill: 0, launch: 1, why: 'an extra one is allowed' },
    { spec: aSpec(3, 1, 0.3), there: old(4), kill: 1, launch: 0, why: 'surplus goes first' },
    {
      spec: aSpec(2, 0.5, 0),
      there: [...old(1), anInstance({ condition: 'Staging' })],
      kill: 0,
      launch: 0,
      why: 'a new one is not healthy yet (MARATHON-8716)',
    },
    { spec: aSpec(3, 1, 1), there: [], kill: 0, launch: 3, why: 'nothing was there' },
    {
      spec: aSpec(2, 1, 0),
      there: old(2, { condition: 'Staging' }),
      kill: 1,
      launch: 0,
      why: 'no room, and an unhealthy one counts for no minimum',
    },
    {
      spec: aSpec(2, 1, 1),
      there: old(2, { condition: 'Scheduled' }),
      kill: 2,
      launch: 2,
      why: 'old ones that wait are not waited for',
    },
    {
      spec: aSpec(2, 1, 1),
      there: [...old(2), anOldInstance(7, { goal: 'Decommissioned', condition: 'Killing' })],
      kill: 0,
      launch: 1,
      why: 'those on their way out still take room',
    },
    {
      spec: aSpec(2, 1, 0),
      there: [...old(1), anOldInstance(7, { goal: 'Decommissioned', condition: 'Unreachable' })],
      kill: 0,
      launch: 1,
      why: 'those out of reach take none',
    },
  ])('$why: kill $kill, launch $launch', ({ spec, there, kill, launch }) => {
    const { create, decommission } = proposeRestart(there, spec);
    expect({ kill: decommission.length, launch: create }).toEqual({ kill, launch });
  });

  it('kills those that are not healthy first', () => {
    const [first, second] = [anOldInstance(1), anOldInstance(2, { condition: 'Staging' })];
    expect(proposeRestart([first, second], aSpec(2, 0.5, 0)).decommission).toEqual([second.id]);
  });

  it('lets surplus new ones go that are not healthy', () => {
    const fresh = (name: string, condition: Instance['condition']) =>
      anInstance({ id: anOldInstance(0).id.replace('old-0', name) as Instance['id'], condition });
    const instances = [fresh('a', 'Staging'), fresh('b', 'Running'), fresh('c', 'Running')];
    expect(proposeRestart(instances, aSpec(2, 1, 1))).toEqual({ create: 0, decommission: [instances[0]?.id] });
  });
});

/** The moves of a whole run in which every launch succeeds: what is gone is noticed before what is ready. */
function traceOf(spec: ReturnType<typeof aSpec>, there: readonly Instance[]): readonly string[] {
  const world = createRollingWorld(spec, there);
  const trace: string[] = [];
  for (let turn = 0; turn < 100; turn += 1) {
    const { killed, launched } = world.decide();
    if (killed.length > 0) trace.push(`kill ${killed.length}`);
    if (launched > 0) trace.push(`launch ${launched}`);
    if (world.isDone()) return [...trace, 'done'];
    const gone = world.bury();
    const [next] = world.waiting();
    if (gone > 0) trace.push('gone');
    else if (next !== undefined) {
      world.run(next.id);
      trace.push('ready');
    }
  }
  return [...trace, 'never done'];
}

describe('the run of a rolling replacement (deployments.md §4.2)', () => {
  const turn = ['gone', 'launch 1', 'ready', 'kill 1'];
  it.for([
    {
      what: '3, at least half, none over',
      trace: traceOf(aSpec(3, 0.5, 0), old(3)),
      is: ['kill 1', ...turn, ...turn, 'gone', 'launch 1', 'ready', 'done'],
    },
    {
      what: '3, all healthy, none over: one extra',
      trace: traceOf(aSpec(3, 1, 0), old(3)),
      is: ['launch 1', 'ready', 'kill 1', ...turn, ...turn, 'gone', 'done'],
    },
    {
      what: '2, defaults',
      trace: traceOf(aSpec(2, 1, 1), old(2)),
      is: ['launch 2', 'ready', 'kill 1', 'gone', 'ready', 'kill 1', 'gone', 'done'],
    },
    {
      what: '2, all at once',
      trace: traceOf(aSpec(2, 0, 0), old(2)),
      is: ['kill 2', 'gone', 'launch 2', 'ready', 'ready', 'done'],
    },
    {
      what: '1, none over: one extra',
      trace: traceOf(aSpec(1, 1, 0), old(1)),
      is: ['launch 1', 'ready', 'kill 1', 'gone', 'done'],
    },
    {
      what: 'from 4 to 2',
      trace: traceOf(aSpec(2, 1, 0), old(4)),
      is: ['kill 2', 'gone', 'launch 1', 'ready', 'kill 1', 'gone', 'launch 1', 'ready', 'kill 1', 'gone', 'done'],
    },
    {
      what: 'from 1 to 3',
      trace: traceOf(aSpec(3, 1, 0), old(1)),
      is: ['launch 2', 'ready', 'ready', 'launch 1', 'ready', 'kill 1', 'gone', 'done'],
    },
  ])('$what', ({ trace, is }) => {
    expect(trace).toEqual(is);
  });
});

describe('a rolling replacement is done', () => {
  const fresh = anInstance();
  it.for([
    { what: 'all new, all running', instances: [fresh], done: true },
    { what: 'a new one not running', instances: [anInstance({ condition: 'Staging' })], done: false },
    { what: 'too few', instances: [], done: false },
    { what: 'too many', instances: [fresh, anInstance({ id: anOldInstance(1).id })], done: false },
    { what: 'an old one left', instances: [fresh, anOldInstance(1)], done: false },
    {
      what: 'an old one not gone yet',
      instances: [fresh, anOldInstance(1, { goal: 'Decommissioned', condition: 'Killing' })],
      done: false,
    },
    {
      what: 'an old one gone, its record still there',
      instances: [fresh, anOldInstance(1, { goal: 'Decommissioned', condition: 'Killed' })],
      done: true,
    },
    {
      what: 'an old one out of reach',
      instances: [fresh, anOldInstance(1, { goal: 'Decommissioned', condition: 'Unreachable' })],
      done: true,
    },
    {
      what: 'an old one that never ran',
      instances: [fresh, anOldInstance(1, { goal: 'Decommissioned', condition: 'Scheduled' })],
      done: true,
    },
  ])('$what: $done', ({ instances, done }) => {
    expect(isRestarted(instances, aSpec(1, 1, 1))).toBe(done);
  });
});
