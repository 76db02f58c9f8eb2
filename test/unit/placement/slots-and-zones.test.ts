import { describe, expect, it, test } from 'vitest';
import type { Agent } from '../../../lib/model/agent.ts';
import type { Held } from '../../../lib/model/held.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { NO_RESOURCES } from '../../../lib/model/resources.ts';
import type { AppSpec } from '../../../lib/model/run-spec.ts';
import type { ClusterSnapshot } from '../../../lib/model/schedule.ts';
import { NO_SLOTS, type Slots } from '../../../lib/model/slots.ts';
import { PlacementMemory } from '../../../lib/placement/placement-memory.ts';
import { planSchedule } from '../../../lib/placement/plan-schedule.ts';
import { anAgent } from '../../fixtures/an-agent.ts';
import { anApp } from '../../fixtures/an-app.ts';
import { aSnapshot, waiting } from './snapshot.ts';

const inOwnNetwork: Partial<AppSpec> = {
  networks: [{ mode: 'container', name: 'dcos', labels: {} }],
  portDefinitions: [],
};
const withExternal = (...names: readonly string[]): Partial<AppSpec> => ({
  container: {
    type: 'MESOS',
    volumes: names.map((name) => ({
      kind: 'external',
      containerPath: name,
      mode: 'RW',
      external: { provider: 'dvdi', name, options: {}, shared: false },
    })),
  },
});

const holding = (slots: Partial<Slots>): Held => ({
  resources: NO_RESOURCES,
  hostPorts: [],
  slots: { ...NO_SLOTS, ...slots },
});

/** Host names of the agents that take instances, then rule and detail of each agent that refuses the others. */
function outcome(snapshot: ClusterSnapshot, memory?: PlacementMemory) {
  const { placements, unplaced } = planSchedule(snapshot, memory);
  return {
    placed: placements.map(({ runSpec, agent, slots }) => [runSpec, agent, slots]),
    refused: unplaced.flatMap(({ refusals }) => refusals.list().map(({ rule, detail }) => [rule, detail])),
  };
}

describe('network interfaces for tasks and attachments of volumes', () => {
  type Row = readonly [
    name: string,
    app: Partial<AppSpec>,
    slots: Partial<Slots> | undefined,
    held: readonly Held[],
    no: readonly [rule: string, detail: unknown] | undefined,
  ];
  test.each<Row>([
    ['nobody counts them', { ...inOwnNetwork, ...withExternal('a', 'b') }, undefined, [], undefined],
    ['nobody counts these', inOwnNetwork, { attachments: 0 }, [], undefined],
    ['the last interface', inOwnNetwork, { interfaces: 2 }, [holding({ interfaces: 1 })], undefined],
    [
      'no interface left',
      inOwnNetwork,
      { interfaces: 2 },
      [holding({ interfaces: 1 }), holding({ interfaces: 1 })],
      ['network-interface', { needed: 1, free: 0 }],
    ],
    ['the last attachments', withExternal('a', 'b'), { attachments: 3 }, [holding({ attachments: 1 })], undefined],
    [
      'too few attachments left',
      withExternal('a', 'b'),
      { attachments: 2 },
      [holding({ attachments: 1 })],
      ['volume-attachments', { needed: 2, free: 1 }],
    ],
    [
      'nothing asked, less than nothing there',
      {},
      { interfaces: 0, attachments: 0 },
      [holding({ attachments: 1 })],
      undefined,
    ],
  ])('%s', (_name, app, slots, held, no) => {
    const agent = anAgent({ facts: slots === undefined ? {} : { slots }, held });
    const { placed, refused } = outcome(aSnapshot([agent], waiting(anApp(app))));
    expect([placed.length, refused]).toEqual(no === undefined ? [1, []] : [0, [no]]);
  });

  it('are taken by what the plan places, and told with the placement', () => {
    const agent = anAgent({ id: 'a', facts: { slots: { interfaces: 2 } } });
    const app = anApp({ ...inOwnNetwork, ...withExternal('x') });
    const taken = [app.id, 'a', { interfaces: 1, attachments: 1 }];
    expect(outcome(aSnapshot([agent], waiting(app, 3)))).toEqual({
      placed: [taken, taken],
      refused: [['network-interface', { needed: 1, free: 0 }]],
    });
  });

  it('an app in the network of its host does not wait for an interface with one that is otherwise the same', () => {
    const own = anApp({ id: resolvePathId('/own'), ...inOwnNetwork });
    const plain = { ...own, id: resolvePathId('/plain'), networks: [] };
    const agent = anAgent({ id: 'a', facts: { slots: { interfaces: 0 } } });
    expect(outcome(aSnapshot([agent], [...waiting(own), ...waiting(plain)])).placed.map(([id]) => id)).toEqual([
      '/plain',
    ]);
  });

  it('an app that wants more of them than one that is otherwise the same does not share its places', () => {
    const one = anApp({ id: resolvePathId('/one'), ...withExternal('a') });
    const two = anApp({ id: resolvePathId('/two'), ...withExternal('b', 'c') });
    const agent = anAgent({ id: 'a', facts: { slots: { attachments: 2 } } });
    expect(outcome(aSnapshot([agent], [...waiting(one), ...waiting(two)])).placed.map(([id]) => id)).toEqual(['/one']);
  });
});

describe('external volumes that exist', () => {
  const inZones = (...zones: readonly (string | undefined)[]): readonly Agent[] =>
    zones.map((zone, index) => {
      const { facts, ...agent } = anAgent({ id: String.fromCharCode(97 + index) });
      const { zone: _, ...zoneless } = facts;
      return { ...agent, facts: { ...zoneless, ...(zone !== undefined && { zone }) } };
    });
  const known = new Map([
    ['here', 'z1'],
    ['there', 'z2'],
  ]);
  const snapshot = (app: AppSpec, agents: readonly Agent[]): ClusterSnapshot => ({
    ...aSnapshot(agents, waiting(app)),
    volumeZones: known,
  });

  it('are reached from their zone only', () => {
    const app = anApp(withExternal('there'));
    expect(outcome(snapshot(app, inZones('z1', 'z2'))).placed.map(([, agent]) => agent)).toEqual(['b']);
    expect(outcome(snapshot(app, inZones('z1', undefined))).refused).toEqual([
      ['volume-zone', { needed: 'z2', zone: 'z1' }],
      ['volume-zone', { needed: 'z2' }],
    ]);
  });

  it('in two zones are reached from nowhere', () => {
    expect(outcome(snapshot(anApp(withExternal('here', 'there')), inZones('z1', 'z2'))).refused).toEqual([
      ['volume-zone', { needed: 'z2', zone: 'z1' }],
      ['volume-zone', { needed: 'z1', zone: 'z2' }],
    ]);
  });

  it('do not bind apps with new volumes', () => {
    expect(outcome(snapshot(anApp(withExternal('new')), inZones('z3'))).placed).toHaveLength(1);
  });

  it('bind each app to its own', () => {
    const apps = ['there', 'here'].map((name) => anApp({ id: resolvePathId(`/${name}`), ...withExternal(name) }));
    const given = {
      ...aSnapshot(
        inZones('z1', 'z2'),
        apps.flatMap((app) => waiting(app)),
      ),
      volumeZones: known,
    };
    expect(outcome(given).placed.map(([id, agent]) => [id, agent])).toEqual([
      ['/there', 'b'],
      ['/here', 'a'],
    ]);
  });

  it('are minded by a memory that has planned before they were made', () => {
    const memory = new PlacementMemory();
    const given = aSnapshot(inZones('z1', 'z2'), waiting(anApp(withExternal('there'))));
    expect(outcome(given, memory).placed.map(([, agent]) => agent)).toEqual(['a']);
    expect(outcome({ ...given, volumeZones: known }, memory).placed.map(([, agent]) => agent)).toEqual(['b']);
  });
});
