import { describe, expect, it } from 'vitest';
import { proposeScaling, type ScalingProposition } from '../../../lib/deployment/scale.ts';
import type { Constraint } from '../../../lib/model/constraint.ts';
import { toInstanceId } from '../../../lib/model/ids.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { anInstance, anInstanceAgent, aScheduledInstance } from '../../fixtures/an-instance.ts';

const groupBy = (...fields: readonly string[]): readonly Constraint[] =>
  fields.map((field) => ({ field, operator: 'GROUP_BY' }));
const idOf = (name: string) => toInstanceId(resolvePathId('/app'), name);

/** So many at each place (`host`, or `host:rack`); those at earlier places are older. */
function running(sizes: Readonly<Record<string, number>>): readonly Instance[] {
  return Object.entries(sizes).flatMap(([place, size], at) => {
    const [host = '', rack] = place.split(':');
    const agent = anInstanceAgent({ host, attributes: rack === undefined ? {} : { rack } });
    return Array.from({ length: size }, (_, n) =>
      anInstance({ id: idOf(`${place}-${n}`), agent, activeSince: EPOCH + at * 1_000 + n }),
    );
  });
}

/** How many stay on each host and in each rack. */
function stay(instances: readonly Instance[], { decommission }: ScalingProposition): Readonly<Record<string, number>> {
  const gone = new Set(decommission);
  const values = instances
    .filter(({ id }) => !gone.has(id))
    .flatMap(({ agent }) => (agent === undefined ? [] : [agent.host, ...Object.values(agent.attributes)]));
  return Object.fromEntries([...Map.groupBy(values, (value) => value)].map(([value, { length }]) => [value, length]));
}

describe('the constraint step of a scale-down (deployments.md §5)', () => {
  it.for([
    { what: 'level groups', sizes: { a: 10, b: 10 }, by: ['hostname'], target: 10, left: { a: 5, b: 5 } },
    { what: 'a bigger group', sizes: { a: 20, b: 10 }, by: ['hostname'], target: 20, left: { a: 10, b: 10 } },
    {
      what: 'two constraints',
      sizes: { 'a:x': 10, 'a:y': 10, 'b:x': 10, 'b:y': 10 },
      by: ['hostname', 'rack'],
      target: 20,
      left: { a: 10, b: 10, x: 10, y: 10 },
    },
    {
      what: 'two bigger groups, where Marathon goes by age',
      sizes: { a: 20, b: 20, c: 10 },
      by: ['hostname'],
      target: 40,
      left: { a: 15, b: 15, c: 10 },
    },
    { what: 'more than levels them', sizes: { a: 6, b: 1 }, by: ['hostname'], target: 1, left: { a: 1 } },
    {
      what: 'a group without the value',
      sizes: { a: 6, 'b:x': 2 },
      by: ['rack'],
      target: 4,
      left: { a: 2, b: 2, x: 2 },
    },
    { what: 'no such constraint', sizes: { a: 5, b: 5 }, by: [], target: 5, left: { a: 5 } },
    {
      what: 'a biggest host in the smallest rack, which is spared',
      sizes: { 'b:x': 3, 'c:x': 1, 'a:y': 3 },
      by: ['hostname', 'rack'],
      target: 6,
      left: { a: 3, b: 2, c: 1, x: 3, y: 3 },
    },
    {
      what: 'nobody who suits both: by age',
      sizes: { 'a:y': 3, 'b:x': 2, 'c:x': 2 },
      by: ['hostname', 'rack'],
      target: 6,
      left: { a: 3, b: 2, c: 1, x: 3, y: 3 },
    },
  ])('$what', ({ sizes, by, target, left }) => {
    const instances = running(sizes);
    const order = { selection: 'YOUNGEST_FIRST', spareHealthy: false, constraints: groupBy(...by) } as const;
    expect(stay(instances, proposeScaling(instances, target, order))).toEqual(left);
    const turned = instances.toReversed();
    expect(stay(turned, proposeScaling(turned, target, order))).toEqual(left);
  });

  it('goes by age within a group, and leaves those that wait to the last', () => {
    const instances = [...running({ a: 3, b: 3 }), aScheduledInstance({ id: idOf('waits') })];
    const choose = (selection: 'YOUNGEST_FIRST' | 'OLDEST_FIRST') =>
      proposeScaling(instances, 2, { selection, spareHealthy: false, constraints: groupBy('hostname') }).decommission;
    expect(choose('YOUNGEST_FIRST')).toEqual(['b-2', 'a-2', 'b-1', 'a-1', 'b-0'].map(idOf));
    expect(choose('OLDEST_FIRST')).toEqual(['a-0', 'b-0', 'a-1', 'b-1', 'a-2'].map(idOf));
  });

  it('lets the sentenced go whatever their group, and all others go to none', () => {
    const instances = running({ a: 2, b: 2 });
    const order = { selection: 'YOUNGEST_FIRST', spareHealthy: false, constraints: groupBy('hostname') } as const;
    expect(stay(instances, proposeScaling(instances, 2, order, [idOf('a-0'), idOf('a-1')]))).toEqual({ b: 2 });
    expect(stay(instances, proposeScaling(instances, 0, order))).toEqual({});
  });

  it('spares the healthy even where that makes groups uneven', () => {
    const unwell = { health: [{ alive: false, consecutiveFailures: 1 }] };
    const instances = running({ a: 2, b: 4 }).map((one) => (one.agent?.host === 'a' ? { ...one, ...unwell } : one));
    const order = { selection: 'YOUNGEST_FIRST', spareHealthy: true, constraints: groupBy('hostname') } as const;
    expect(stay(instances, proposeScaling(instances, 5, order))).toEqual({ a: 1, b: 4 });
    expect(stay(instances, proposeScaling(instances, 3, order))).toEqual({ b: 3 });
  });
});
