import { describe, expect, test } from 'vitest';
import type { AgentFacts } from '../../../lib/model/agent.ts';
import type { AgentId } from '../../../lib/model/ids.ts';
import type { Rejection } from '../../../lib/model/rejection.ts';
import { NO_RESOURCES } from '../../../lib/model/resources.ts';
import type { AppSpec } from '../../../lib/model/run-spec.ts';
import { planSchedule } from '../../../lib/placement/plan-schedule.ts';
import { type AgentOverrides, anAgent } from '../../fixtures/an-agent.ts';
import { anApp, EPOCH } from '../../fixtures/an-app.ts';
import { aSnapshot, waiting } from './snapshot.ts';

/** The one agent's answer to one instance: undefined when it is placed. */
function refusalOf(app: Partial<AppSpec>, agent: AgentOverrides, localRegion = 'local'): Rejection | undefined {
  const snapshot = { ...aSnapshot([anAgent(agent)], waiting(anApp(app))), localRegion };
  const { placements, unplaced } = planSchedule(snapshot);
  expect(placements.length + unplaced.length).toBe(1);
  const [rejection] = unplaced[0]?.refusals.list() ?? [];
  expect(unplaced[0]?.refusals.byRule).toEqual(rejection && { [rejection.rule]: 1 });
  return rejection;
}

const no = (rule: Rejection['rule'], reason: Rejection['reason'], detail: Rejection['detail']): Rejection => ({
  agent: 'i-0a1' as AgentId,
  rule,
  reason,
  detail,
});

const needs = (resources: Partial<AppSpec['resources']>): Partial<AppSpec> => ({
  resources: { ...anApp().resources, ...resources },
});

function claim(resources: Partial<AppSpec['resources']>, hostPorts: readonly number[] = []) {
  return { resources: { ...NO_RESOURCES, ...resources }, hostPorts };
}

describe('role (scheduling.md §3, design §8)', () => {
  test.each<readonly [roles: readonly string[], accepted: readonly string[], role: string, passes: boolean]>([
    [['*'], [], '*', true],
    [['*', 'slave_public'], [], '*', true],
    [['slave_public'], [], '*', false],
    [['slave_public'], ['slave_public'], '*', true],
    [['*', 'slave_public'], ['slave_public'], '*', true],
    [['*'], ['slave_public'], '*', false],
    [['slave_public'], ['*', 'slave_public'], '*', true],
    [['dev'], [], 'dev', true],
    [['*'], [], 'dev', true],
    [['dev'], ['*'], 'dev', false],
  ])('agent %j, accepted %j, role %s: %s', (roles, acceptedResourceRoles, role, passes) => {
    const accepted = acceptedResourceRoles.length === 0 ? [role, '*'] : acceptedResourceRoles;
    const expected = no('role', 'UnfulfilledRole', { accepted: accepted.join(','), offered: roles.join(',') });
    expect(refusalOf({ acceptedResourceRoles, role }, { facts: { roles } })).toEqual(passes ? undefined : expected);
  });
});

describe('fault domain (scheduling.md §2.5)', () => {
  const region = [{ field: '@region', operator: 'IS', value: 'far' }] as const;
  const zone = [{ field: '@zone', operator: 'LIKE', value: '.*' }] as const;
  test.each<readonly [agent: string, local: string, constraints: AppSpec['constraints'], passes: boolean]>([
    ['local', 'local', [], true],
    ['far', 'local', [], false],
    ['', 'local', [], true],
    ['', '', [], true],
    ['local', '', [], false],
    ['far', 'local', region, true],
    ['far', 'local', zone, true],
  ])('agent in "%s", scheduler in "%s", constraints %j: %s', (agentRegion, local, constraints, passes) => {
    const expected = no('fault-domain', 'UnfulfilledConstraint', { localRegion: local, region: agentRegion });
    expect(refusalOf({ constraints }, { facts: { region: agentRegion } }, local)).toEqual(
      passes ? undefined : expected,
    );
  });
});

test('constraint: tells the first that fails, with the value that the agent offers', () => {
  const constraints = [
    { field: 'rack', operator: 'LIKE', value: 'r.*' },
    { field: 'disk', operator: 'IS', value: 'ssd' },
    { field: 'gen', operator: 'IS', value: '3' },
  ] as const;
  const offers = (attributes: AgentFacts['attributes']) => refusalOf({ constraints }, { facts: { attributes } });
  const detail = { field: 'disk', operator: 'IS', value: 'ssd' };
  expect(offers({ rack: 'r1', disk: 'ssd', gen: '3.0' })).toBeUndefined();
  expect(offers({ rack: 'r1', disk: 'hdd' })).toEqual(
    no('constraint', 'UnfulfilledConstraint', { ...detail, offered: 'hdd' }),
  );
  expect(offers({ rack: 'r1' })).toEqual(no('constraint', 'UnfulfilledConstraint', detail));
});

describe('reservation', () => {
  test.each([
    ['i-0a1', undefined],
    ['i-0b2', no('reservation', 'NoCorrespondingReservationFound', { reserved: 'i-0b2' })],
  ])('held by %s', (agent, expected) => {
    const [launch] = waiting(anApp());
    const reservation = { agent: agent as AgentId, resources: NO_RESOURCES, since: EPOCH };
    const pending = launch === undefined ? [] : [{ ...launch, instance: { ...launch.instance, reservation } }];
    const plan = planSchedule(aSnapshot([anAgent()], pending));
    expect(plan.unplaced.map(({ refusals }) => refusals.list())).toEqual(expected === undefined ? [] : [[expected]]);
  });
});

describe('maintenance', () => {
  test.each<readonly [facts: Partial<AgentFacts>, status: string | undefined]>([
    [{}, undefined],
    [{ status: 'DRAINING' }, 'DRAINING'],
    [{ status: 'INACTIVE' }, 'INACTIVE'],
    [{ connected: false }, 'DISCONNECTED'],
  ])('%j', (facts, status) => {
    const expected = status === undefined ? undefined : no('maintenance', 'AgentMaintenance', { status });
    expect(refusalOf({}, { facts })).toEqual(expected);
  });
});

describe('resources: free = registered - foreign - claims (scheduling.md §3)', () => {
  const small = { cpus: 2, mem: 100, disk: 10, gpus: 1 };
  test.each<readonly [name: string, app: Partial<AppSpec>, agent: AgentOverrides, expected: Rejection | undefined]>([
    ['all of it', needs({ cpus: 2, mem: 100, disk: 10, gpus: 1 }), { facts: { registered: small } }, undefined],
    [
      'more cpus',
      needs({ cpus: 2.1 }),
      { facts: { registered: small } },
      no('cpus', 'InsufficientCpus', { needed: 2.1, free: 2 }),
    ],
    [
      'more mem',
      needs({ mem: 101 }),
      { facts: { registered: small } },
      no('mem', 'InsufficientMemory', { needed: 101, free: 100 }),
    ],
    [
      'more disk',
      needs({ mem: 1, disk: 11 }),
      { facts: { registered: small } },
      no('disk', 'InsufficientDisk', { needed: 11, free: 10 }),
    ],
    [
      'more gpus',
      needs({ mem: 1, gpus: 2 }),
      { facts: { registered: small } },
      no('gpus', 'InsufficientGpus', { needed: 2, free: 1 }),
    ],
    [
      'what others use is not free',
      needs({ cpus: 1 }),
      { facts: { foreign: { ...NO_RESOURCES, cpus: 3.5 } } },
      no('cpus', 'InsufficientCpus', { needed: 1, free: 0.5 }),
    ],
    [
      'what is claimed is not free',
      needs({ cpus: 1 }),
      { held: [claim({ cpus: 2 }), claim({ cpus: 1.5 })] },
      no('cpus', 'InsufficientCpus', { needed: 1, free: 0.5 }),
    ],
    [
      'nothing needed, nothing there',
      needs({ disk: 0 }),
      { facts: { registered: { ...small, mem: 128, gpus: 0, disk: 0 } } },
      undefined,
    ],
    ['nothing needed, less than nothing there', needs({ disk: 0 }), { held: [claim({ disk: 99_999 })] }, undefined],
    [
      'tenths add up exactly',
      needs({ cpus: 0.1 }),
      { held: Array.from({ length: 39 }, () => claim({ cpus: 0.1 })) },
      undefined,
    ],
  ])('%s', (_, app, agent, expected) => expect(refusalOf(app, agent)).toEqual(expected));
});

describe('gpu preference (scheduling.md §3, policy restricted)', () => {
  const gpuAgent = { facts: { registered: { cpus: 4, mem: 8_192, disk: 0, gpus: 2 } } };
  const declined = no('gpu-preference', 'DeclinedScarceResources', { gpus: 2 });
  test.each<readonly [name: string, app: Partial<AppSpec>, agent: AgentOverrides, expected: Rejection | undefined]>([
    ['wants none, some free', {}, gpuAgent, declined],
    ['wants some', needs({ gpus: 1 }), gpuAgent, undefined],
    ['label unrestricted', { labels: { GPU_SCHEDULING_BEHAVIOR: 'unrestricted' } }, gpuAgent, undefined],
    ['label restricted', { labels: { GPU_SCHEDULING_BEHAVIOR: 'restricted' } }, gpuAgent, declined],
    ['label of another value', { labels: { GPU_SCHEDULING_BEHAVIOR: 'other' } }, gpuAgent, declined],
    ['all in use', {}, { ...gpuAgent, held: [claim({ gpus: 2 })] }, undefined],
  ])('%s', (_, app, agent, expected) => expect(refusalOf(app, agent)).toEqual(expected));
});

test('an agent is refused once, under the first reason of the funnel (scheduling.md §3.2)', () => {
  const facts = {
    roles: ['other'],
    region: 'far',
    status: 'DRAINING' as const,
    registered: NO_RESOURCES,
    ports: [],
  };
  const reasons = [];
  const cures: Partial<AgentFacts>[] = [
    {},
    { roles: ['*'] },
    { region: 'local' },
    { attributes: { rack: 'r1' } },
    { status: 'ACTIVE' },
    { registered: { cpus: 1, mem: 0, disk: 0, gpus: 0 } },
    { registered: { cpus: 1, mem: 128, disk: 0, gpus: 0 } },
    { registered: { cpus: 1, mem: 128, disk: 1, gpus: 0 } },
    { registered: { cpus: 1, mem: 128, disk: 1, gpus: 1 } },
    { ports: [{ begin: 1, end: 1 }] },
  ];
  let cured: Partial<AgentFacts> = facts;
  const app = { ...needs({ disk: 1, gpus: 1 }), constraints: [{ field: 'rack', operator: 'UNIQUE' as const }] };
  for (const cure of cures) {
    cured = { ...cured, ...cure };
    reasons.push(refusalOf(app, { facts: cured })?.rule);
  }
  expect(reasons).toEqual([
    'role',
    'fault-domain',
    'constraint',
    'maintenance',
    'cpus',
    'mem',
    'disk',
    'gpus',
    'ports',
    undefined,
  ]);
});
