import { expect, test } from 'vitest';
import { lackingCapacity } from '../../../lib/explain/lacking-capacity.ts';
import type { Agent } from '../../../lib/model/agent.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { NO_RESOURCES } from '../../../lib/model/resources.ts';
import type { AppSpec } from '../../../lib/model/run-spec.ts';
import type { PendingLaunch } from '../../../lib/model/schedule.ts';
import { planSchedule } from '../../../lib/placement/plan-schedule.ts';
import { anAgent } from '../../fixtures/an-agent.ts';
import { anApp } from '../../fixtures/an-app.ts';
import { aSnapshot, claimOf, waiting } from '../placement/snapshot.ts';

const needing = (cpus: number, more: Partial<AppSpec> = {}): AppSpec =>
  anApp({ resources: { ...NO_RESOURCES, cpus }, portDefinitions: [], ...more });
const full = (id: string, cpus: number, roles = ['*']): Agent =>
  anAgent({ id, held: [claimOf(cpus)], facts: { roles, registered: { cpus, mem: 8_192, disk: 0, gpus: 0 } } });

function lacking(agents: readonly Agent[], pending: readonly PendingLaunch[]) {
  const snapshot = aSnapshot(agents, pending);
  const { shapes, ...rest } = lackingCapacity(snapshot, planSchedule(snapshot));
  return {
    ...rest,
    shapes: shapes.map(({ shape, ...offer }) => [shape.cpus, shape.roles.join(), shape.fields, offer]),
  };
}

test('nothing waits: nothing lacks', () => {
  expect(lacking([anAgent()], waiting(needing(1)))).toEqual({
    instances: 0,
    considered: 0,
    resources: NO_RESOURCES,
    shapes: [],
  });
});

test('what waits is packed into agents of each shape; one that nothing fits on is left out', () => {
  const small = needing(1.5, { id: resolvePathId('/small') });
  const large = needing(3, { id: resolvePathId('/large') });
  const agents = [full('a', 4), full('b', 2), full('c', 4), full('d', 4, ['slave_public']), full('e', 1)];
  expect(lacking(agents, [...waiting(small, 4), ...waiting(large, 2)])).toEqual({
    instances: 6,
    considered: 6,
    resources: { ...NO_RESOURCES, cpus: 12 },
    shapes: [
      [4, '*', {}, { agents: 4, instances: 6 }],
      [2, '*', {}, { agents: 4, instances: 4 }],
    ],
  });
});

test('one agent each when host names must differ', () => {
  const apart = needing(0.5, { constraints: [{ field: 'hostname', operator: 'UNIQUE' }] });
  expect(lacking([full('a', 4)], waiting(apart, 5)).shapes).toEqual([[4, '*', {}, { agents: 5, instances: 5 }]]);
});

test('values that constraints ask for tell shapes apart', () => {
  const ofRack = needing(1, { constraints: [{ field: 'rack', operator: 'IS', value: 'r2' }] });
  const at = (id: string, rack: string): Agent => {
    const agent = full(id, 4);
    return { ...agent, facts: { ...agent.facts, attributes: { rack, slot: id } } };
  };
  expect(lacking([at('a', 'r1'), at('b', 'r1'), at('c', 'r2'), at('d', 'r2')], waiting(ofRack, 5)).shapes).toEqual([
    [4, '*', { rack: 'r2' }, { agents: 2, instances: 5 }],
  ]);
});
