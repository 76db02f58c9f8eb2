import { describe, expect, test } from 'vitest';
import { explainUnplaced } from '../../../lib/explain/explain-unplaced.ts';
import type { Agent } from '../../../lib/model/agent.ts';
import type { PersistentDisk } from '../../../lib/model/app-volume.ts';
import type { AgentId } from '../../../lib/model/ids.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { NO_RESOURCES } from '../../../lib/model/resources.ts';
import type { AppSpec, Container } from '../../../lib/model/run-spec.ts';
import { planSchedule } from '../../../lib/placement/plan-schedule.ts';
import { type AgentOverrides, anAgent } from '../../fixtures/an-agent.ts';
import { anApp, EPOCH } from '../../fixtures/an-app.ts';
import { anInstance, anInstanceAgent } from '../../fixtures/an-instance.ts';
import { aSnapshot, claimOf, waiting } from '../placement/snapshot.ts';

const ID = resolvePathId('/app');
const small = { ...NO_RESOURCES, cpus: 0.5, mem: 32 };
const app = (more: Partial<AppSpec> = {}): AppSpec =>
  anApp({ id: ID, resources: small, portDefinitions: [], instances: 2, ...more });
const runsOn = (host: string) => anInstance({ runSpec: ID, condition: 'Running', agent: anInstanceAgent({ host }) });

function explained(agents: readonly Agent[], spec: AppSpec, hosts: readonly string[] = []) {
  const plan = planSchedule(aSnapshot(agents, waiting(spec), hosts.map(runsOn)));
  const [unplaced] = plan.unplaced;
  if (unplaced === undefined) throw new Error('it was placed');
  return explainUnplaced(unplaced, spec, new Map(agents.map((agent) => [agent.facts.id, agent])));
}

/** All that the one agent lacks, and which changes would wake the instance. */
function lacksOf(agent: AgentOverrides, spec: Partial<AppSpec>, hosts: readonly string[] = []) {
  const { nearest } = explained([anAgent({ id: 'a', ...agent })], app(spec), hosts);
  return nearest[0]?.lacks.map(({ rule, cure, wakes }) => [rule, cure, wakes.join(' ')]);
}

const LASTING = 'AGENT_CHANGED AGENT_ADDED DEFINITION_CHANGED';
const MOVING = 'INSTANCE_ENDED AGENT_ADDED DEFINITION_CHANGED';
const FREED = 'CAPACITY_FREED AGENT_ADDED DEFINITION_CHANGED';
const DISKS = 'CAPACITY_FREED AGENT_CHANGED AGENT_ADDED DEFINITION_CHANGED';
const volumeOf = (persistent: PersistentDisk): Container => ({
  type: 'MESOS',
  volumes: [{ kind: 'persistent', containerPath: 'data', mode: 'RW', persistent }],
});
const externalVolume: Container = {
  type: 'MESOS',
  volumes: [
    {
      kind: 'external',
      containerPath: 'data',
      mode: 'RW',
      external: { provider: 'dvdi', name: 'data', options: {}, shared: false },
    },
  ],
};
const rack = { attributes: { rack: 'r1' } };
const HOST = 'a.example.internal';

describe('what an agent lacks, and which change would wake what waits', () => {
  type Row = readonly [agent: AgentOverrides, app: Partial<AppSpec>, rule: string, cure: string, wakes: string];
  test.each<Row>([
    [{}, { acceptedResourceRoles: ['slave_public'] }, 'role', 'role slave_public; it offers *', LASTING],
    [
      { facts: { region: 'far' } },
      {},
      'fault-domain',
      'a constraint on @region or @zone that lets instances leave local for far',
      'DEFINITION_CHANGED AGENT_ADDED',
    ],
    [
      {},
      { constraints: [{ field: 'hostname', operator: 'UNIQUE' }] },
      'constraint',
      `no instance of /app at hostname ${HOST}`,
      MOVING,
    ],
    [
      {},
      { constraints: [{ field: 'hostname', operator: 'MAX_PER', value: '1' }] },
      'constraint',
      `fewer than 1 instances of /app at hostname ${HOST}`,
      MOVING,
    ],
    [
      {},
      { constraints: [{ field: 'hostname', operator: 'GROUP_BY', value: '2' }] },
      'constraint',
      `an even spread of /app over hostname: ${HOST} has its share`,
      MOVING,
    ],
    [
      { facts: rack },
      { constraints: [{ field: 'rack', operator: 'CLUSTER' }] },
      'constraint',
      'the rack of the first instance of /app',
      MOVING,
    ],
    [
      { facts: rack },
      { constraints: [{ field: 'rack', operator: 'CLUSTER', value: 'r2' }] },
      'constraint',
      'rack r2 instead of r1',
      LASTING,
    ],
    [
      { facts: rack },
      { constraints: [{ field: 'rack', operator: 'LIKE', value: 'r[23]' }] },
      'constraint',
      'a rack that matches r[23]; it has r1',
      LASTING,
    ],
    [
      { facts: rack },
      { constraints: [{ field: 'rack', operator: 'UNLIKE', value: 'r.' }] },
      'constraint',
      'a rack that does not match r.; it has r1',
      LASTING,
    ],
    [
      { facts: rack },
      { constraints: [{ field: 'rack', operator: 'IS', value: 'r2' }] },
      'constraint',
      'rack r2 instead of r1',
      LASTING,
    ],
    [{}, { constraints: [{ field: 'rack', operator: 'UNIQUE' }] }, 'constraint', 'an attribute rack', LASTING],
    [
      { facts: { status: 'DRAINING' } },
      {},
      'maintenance',
      'status ACTIVE instead of DRAINING',
      'AGENT_CHANGED AGENT_ADDED',
    ],
    [
      { facts: { connected: false } },
      {},
      'maintenance',
      'the connection of its ECS agent',
      'AGENT_CHANGED AGENT_ADDED',
    ],
    [{ held: [claimOf(3.9)] }, {}, 'cpus', '0.4 more cpus free', FREED],
    [
      { facts: { registered: { cpus: 4, mem: 16, disk: 0, gpus: 0 } } },
      {},
      'mem',
      '32 MiB memory, of which the agent has 16 MiB in all',
      'AGENT_ADDED DEFINITION_CHANGED',
    ],
    [
      { facts: { disks: [{ type: 'mount', path: '/mnt/a', size: 100 }] } },
      { container: volumeOf({ type: 'mount', size: 500, constraints: [] }) },
      'volume-disks',
      '500 MiB of a mount disk, of which it has 100 MiB free at most',
      DISKS,
    ],
    [
      {},
      { container: volumeOf({ type: 'path', size: 500, profileName: 'fast', constraints: [] }) },
      'volume-disks',
      '500 MiB of a path disk with profile fast, of which it has 0 MiB free at most',
      DISKS,
    ],
    [
      { facts: { slots: { attachments: 0 } } },
      { container: externalVolume },
      'volume-attachments',
      '1 more attachments of volumes free',
      DISKS,
    ],
    [
      { facts: { slots: { interfaces: 0 } } },
      { networks: [{ mode: 'container', name: 'dcos', labels: {} }] },
      'network-interface',
      '1 more network interfaces for tasks free',
      DISKS,
    ],
    [
      { held: [{ ...claimOf(0), hostPorts: [80] }] },
      { requirePorts: true, portDefinitions: [{ port: 80, protocol: 'tcp', labels: {} }] },
      'ports',
      'host port 80 free',
      FREED,
    ],
    [
      { facts: { ports: [] } },
      { portDefinitions: [{ port: 0, protocol: 'tcp', labels: {} }] },
      'ports',
      '1 more host ports free',
      FREED,
    ],
    [
      { facts: { registered: { cpus: 4, mem: 64, disk: 0, gpus: 1 } } },
      {},
      'gpu-preference',
      'the label GPU_SCHEDULING_BEHAVIOR=unrestricted, since its gpus are kept for those that want some',
      'DEFINITION_CHANGED AGENT_ADDED',
    ],
  ])('agent %j, app %j: %s', (agent, spec, rule, cure, wakes) => {
    const hosts = rule === 'constraint' ? [HOST, HOST] : [];
    expect(lacksOf(agent, spec, hosts)).toEqual([[rule, cure, wakes]]);
  });

  test('all that it lacks, each constraint by itself', () => {
    const constraints = [
      { field: 'rack', operator: 'IS', value: 'r2' },
      { field: 'rack', operator: 'UNLIKE', value: 'r1' },
    ] as const;
    const lacks = lacksOf({ facts: rack, held: [claimOf(4)] }, { constraints, acceptedResourceRoles: ['dev'] });
    expect(lacks?.map(([rule, cure]) => `${rule}: ${cure}`)).toEqual([
      'role: role dev; it offers *',
      'constraint: rack r2 instead of r1',
      'constraint: a rack that does not match r1; it has r1',
      'cpus: 0.5 more cpus free',
    ]);
  });

  test.each<readonly [facts: AgentOverrides['facts'], cure: string]>([
    [{}, 'zone z9, where a volume is, instead of local-a'],
    [{ zone: undefined } as unknown as AgentOverrides['facts'], 'zone z9, where a volume is'],
  ])('the zone of a volume, on an agent with %j', (facts, cure) => {
    const agent = anAgent({ ...(facts && { facts }) });
    const spec = app({ container: externalVolume });
    const snapshot = { ...aSnapshot([agent], waiting(spec)), volumeZones: new Map([['data', 'z9']]) };
    const [unplaced] = planSchedule(snapshot).unplaced;
    const told = unplaced && explainUnplaced(unplaced, spec, new Map([[agent.facts.id, agent]]));
    expect(told?.nearest[0]?.lacks.map((lack) => [lack.rule, lack.cure])).toEqual([['volume-zone', cure]]);
    expect(told?.cures[0]).toContain('another agent, in zone z9, where a volume is, with');
  });

  test('the agent that holds the reservation', () => {
    const [launch] = waiting(app());
    const reservation = { agent: 'gone' as AgentId, resources: NO_RESOURCES, since: EPOCH };
    const pending = launch === undefined ? [] : [{ ...launch, instance: { ...launch.instance, reservation } }];
    const agent = anAgent();
    const [unplaced] = planSchedule(aSnapshot([agent], pending)).unplaced;
    const told = unplaced && explainUnplaced(unplaced, app(), new Map([[agent.facts.id, agent]]));
    expect(told?.nearest[0]?.lacks).toEqual([
      {
        rule: 'reservation',
        reason: 'NoCorrespondingReservationFound',
        detail: { reserved: 'gone' },
        cure: 'the reservation, which agent gone holds',
        wakes: ['AGENT_CHANGED'],
      },
    ]);
  });
});

describe('the whole of it', () => {
  const publicRole = { roles: ['slave_public'] };
  const spec = app({
    constraints: [{ field: 'hostname', operator: 'UNIQUE' }],
    acceptedResourceRoles: ['slave_public'],
  });
  const agents = [
    anAgent({ id: 'a' }),
    anAgent({ id: 'b', held: [claimOf(4)] }),
    anAgent({ id: 'c', facts: publicRole }),
    anAgent({ id: 'd', facts: { ...publicRole, status: 'DRAINING' } }),
    anAgent({ id: 'e', facts: publicRole, held: [claimOf(3.75)] }),
  ];
  const told = explained(agents, spec, ['c.example.internal']);

  test('the funnel has every rule in order, and loses each agent once', () => {
    expect(told.funnel.map(({ rule, processed, declined }) => [rule, processed, declined])).toEqual([
      ['role', 5, 2],
      ['fault-domain', 3, 0],
      ['constraint', 3, 1],
      ['volume-zone', 2, 0],
      ['reservation', 2, 0],
      ['maintenance', 2, 1],
      ['cpus', 1, 1],
      ['mem', 0, 0],
      ['disk', 0, 0],
      ['volume-disks', 0, 0],
      ['volume-attachments', 0, 0],
      ['gpus', 0, 0],
      ['ports', 0, 0],
      ['network-interface', 0, 0],
      ['gpu-preference', 0, 0],
    ]);
    expect(told.agents).toBe(5);
  });

  test('the nearest lack least; what only their owner can change comes last', () => {
    expect(told.nearest.map(({ agent }) => agent)).toEqual(['c', 'd', 'e', 'a', 'b']);
  });

  test('each cure by itself would do', () => {
    expect(told.cures).toEqual([
      'another agent with role slave_public, whose hostname runs no instance of /app, with 0.5 cpus and 32 MiB memory free',
      'on agent c (c.example.internal): no instance of /app at hostname c.example.internal',
      'on agent d (d.example.internal): status ACTIVE instead of DRAINING',
      'on agent e (e.example.internal): 0.25 more cpus free',
      'on agent a (a.example.internal): role slave_public; it offers *',
      'on agent b (b.example.internal): role slave_public; it offers *, and 0.5 more cpus free',
    ]);
  });

  test('any change may wake it', () => {
    expect(told.wakes).toEqual([
      'AGENT_ADDED',
      'AGENT_CHANGED',
      'CAPACITY_FREED',
      'INSTANCE_ENDED',
      'DEFINITION_CHANGED',
    ]);
  });

  test('without any agent only a new one helps', () => {
    expect(explained([], spec)).toMatchObject({ agents: 0, nearest: [], wakes: ['AGENT_ADDED'] });
  });
});
