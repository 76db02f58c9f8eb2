import { describe, expect, it } from 'vitest';
import { proposeScaling } from '../../../lib/deployment/scale.ts';
import { type InstanceId, toInstanceId } from '../../../lib/model/ids.ts';
import type { Condition, Instance } from '../../../lib/model/instance.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { anInstance, aScheduledInstance } from '../../fixtures/an-instance.ts';

const idOf = (name: string): InstanceId => toInstanceId(resolvePathId('/app'), name);
const one = (name: string, fields: Partial<Instance> = {}): Instance => anInstance({ id: idOf(name), ...fields });
const waiting = (name: string): Instance => aScheduledInstance({ id: idOf(name) });
const namesOf = (ids: readonly InstanceId[]): readonly string[] => ids.map((id) => id.split('instance-')[1] ?? id);

const victims = (instances: readonly Instance[], target: number, selection: 'YOUNGEST_FIRST' | 'OLDEST_FIRST') =>
  namesOf(proposeScaling(instances, target, { selection, spareHealthy: false, constraints: [] }).decommission);

describe('what brings a run spec to a count (deployments.md §5)', () => {
  it.for([
    { what: 'nothing there', instances: [], target: 3, create: 3, letGo: 0 },
    { what: 'just enough', instances: [one('a'), one('b')], target: 2, create: 0, letGo: 0 },
    { what: 'waiting ones count', instances: [one('a'), waiting('b')], target: 3, create: 1, letGo: 0 },
    {
      what: 'ended ones that are wanted count',
      instances: [one('a', { condition: 'Failed' })],
      target: 1,
      create: 0,
      letGo: 0,
    },
    {
      what: 'those on their way out do not count',
      instances: [one('a', { goal: 'Decommissioned' }), one('b', { goal: 'Stopped' })],
      target: 1,
      create: 1,
      letGo: 0,
    },
    {
      what: 'unreachable ones count',
      instances: [one('a', { condition: 'Unreachable' })],
      target: 1,
      create: 0,
      letGo: 0,
    },
    {
      what: 'those given up as unreachable do not',
      instances: [one('a', { condition: 'UnreachableInactive' })],
      target: 1,
      create: 1,
      letGo: 0,
    },
    { what: 'to none', instances: [one('a'), waiting('b')], target: 0, create: 0, letGo: 2 },
  ])('$what', ({ instances, target, create, letGo }) => {
    const proposition = proposeScaling(instances, target, {
      selection: 'YOUNGEST_FIRST',
      spareHealthy: false,
      constraints: [],
    });
    expect({ create: proposition.create, letGo: proposition.decommission.length }).toEqual({ create, letGo });
  });

  it.for([
    { what: 'instead of the youngest', target: 2, sentenced: ['a'], create: 0, letGo: ['a'] },
    { what: 'before the youngest', target: 1, sentenced: ['a'], create: 0, letGo: ['a', 'c'] },
    { what: 'and are replaced where the number stays', target: 3, sentenced: ['a', 'b'], create: 2, letGo: ['a', 'b'] },
    { what: 'once: those that went already change nothing', target: 2, sentenced: ['gone'], create: 0, letGo: ['c'] },
  ])('lets the sentenced go $what', ({ target, sentenced, create, letGo }) => {
    const instances = ['a', 'b', 'c'].map((name, age) => one(name, { activeSince: EPOCH + age }));
    const proposition = proposeScaling(
      [...instances, one('gone', { goal: 'Decommissioned' })],
      target,
      { selection: 'YOUNGEST_FIRST', spareHealthy: false, constraints: [] },
      sentenced.map(idOf),
    );
    expect({ create: proposition.create, letGo: namesOf(proposition.decommission) }).toEqual({ create, letGo });
  });

  it('lets the unhealthy go first where the healthy are to be spared, whatever their age', () => {
    const unwell = { health: [{ alive: false, consecutiveFailures: 1 }] };
    const instances = ['a', 'b', 'c', 'd'].map((name, age) =>
      one(name, { activeSince: EPOCH + age, ...(age >= 2 && unwell) }),
    );
    const gone = (target: number, spareHealthy: boolean) =>
      namesOf(
        proposeScaling(instances, target, { selection: 'OLDEST_FIRST', spareHealthy, constraints: [] }).decommission,
      );
    expect([gone(2, true), gone(1, true), gone(2, false)]).toEqual([
      ['c', 'd'],
      ['c', 'd', 'a'],
      ['a', 'b'],
    ]);
  });

  it('lets go by condition first, whatever the age', () => {
    const conditions: readonly Condition[] = ['Killing', 'Running', 'Starting', 'Staging', 'Unreachable'];
    const instances = conditions.map((condition, age) =>
      one(condition, { condition, activeSince: EPOCH + age, stagedAt: EPOCH + age, since: EPOCH + age }),
    );
    for (const selection of ['YOUNGEST_FIRST', 'OLDEST_FIRST'] as const) {
      expect(victims(instances, 0, selection)).toEqual(['Unreachable', 'Staging', 'Starting', 'Running', 'Killing']);
    }
  });

  it('keeps waiting and provisioned ones longest', () => {
    const instances = [waiting('waiting'), one('provisioned', { condition: 'Provisioned' }), one('running')];
    expect(victims(instances, 2, 'YOUNGEST_FIRST')).toEqual(['running']);
    expect(victims(instances, 1, 'YOUNGEST_FIRST')).toEqual(['running', 'waiting']);
  });

  it.for([
    { condition: 'Running', time: 'activeSince' },
    { condition: 'Staging', time: 'stagedAt' },
    { condition: 'Starting', time: 'since' },
    { condition: 'Unreachable', time: 'activeSince' },
  ] as const)('tells the age of a $condition one by $time', ({ condition, time }) => {
    const times = { activeSince: EPOCH, stagedAt: EPOCH, since: EPOCH };
    const older = one('older', { condition, ...times, [time]: EPOCH + 1 });
    const younger = one('younger', { condition, ...times, [time]: EPOCH + 2 });
    expect(victims([older, younger], 1, 'YOUNGEST_FIRST')).toEqual(['younger']);
    expect(victims([older, younger], 1, 'OLDEST_FIRST')).toEqual(['older']);
  });

  it('lets one without the time go before those with it', () => {
    const { activeSince: _unknown, ...ageless } = one('ageless');
    for (const selection of ['YOUNGEST_FIRST', 'OLDEST_FIRST'] as const) {
      expect(victims([one('a'), ageless, one('b')], 2, selection)).toEqual(['ageless']);
    }
  });

  it('lets go in the same order however they are listed', () => {
    const instances = [one('a'), one('b'), one('c')];
    expect(victims(instances, 1, 'OLDEST_FIRST')).toEqual(victims(instances.toReversed(), 1, 'OLDEST_FIRST'));
  });
});
