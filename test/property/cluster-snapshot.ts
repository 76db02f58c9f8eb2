import fc from 'fast-check';
import type { Agent } from '../../lib/model/agent.ts';
import type { Constraint } from '../../lib/model/constraint.ts';
import { type AgentId, toInstanceId } from '../../lib/model/ids.ts';
import type { Condition, Instance } from '../../lib/model/instance.ts';
import { resolvePathId } from '../../lib/model/path-id.ts';
import { NO_RESOURCES, type Resources } from '../../lib/model/resources.ts';
import type { AppSpec, Network, RunSpec } from '../../lib/model/run-spec.ts';
import { type ClusterSnapshot, type PendingLaunch, PLACEMENT_RANKINGS } from '../../lib/model/schedule.ts';
import { toTimestamp } from '../../lib/model/timestamp.ts';
import { anAgent } from '../fixtures/an-agent.ts';
import { anApp, EPOCH } from '../fixtures/an-app.ts';
import { anInstance, anInstanceAgent, aScheduledInstance } from '../fixtures/an-instance.ts';
import { containerOf, disks, someVolumes, volumes, withDisk } from './volume-arbitraries.ts';

export const RACKS = ['r1', 'r2', 'r3'] as const;

/** One of the others now and then: what each of several things keeps out leaves little that finds a place. */
const mostly = <const T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

/** Small needs on agents that take a few of them: some of what waits finds a place. */
const need: fc.Arbitrary<Resources> = fc.record({
  cpus: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
  mem: fc.integer({ min: 0, max: 500 }),
  disk: fc.constantFrom(0, 0, 50),
  gpus: mostly(0, 1),
});

const size: fc.Arbitrary<Resources> = fc.record({
  cpus: fc.integer({ min: 5, max: 60 }).map((tenths) => tenths / 10),
  mem: fc.integer({ min: 300, max: 3_000 }),
  disk: fc.integer({ min: 0, max: 200 }),
  gpus: mostly(0, 1, 2),
});

const constraint: fc.Arbitrary<Constraint> = fc.oneof(
  fc.record({
    field: fc.constantFrom('hostname', 'rack', '@zone'),
    operator: fc.constantFrom('UNIQUE', 'CLUSTER', 'GROUP_BY'),
  }),
  fc.record({
    field: fc.constantFrom('rack', '@zone'),
    operator: fc.constantFrom('MAX_PER', 'GROUP_BY'),
    value: fc.constantFrom('1', '2', '3'),
  }),
  fc.record({
    field: fc.constant('rack'),
    operator: fc.constantFrom('LIKE', 'UNLIKE', 'IS', 'CLUSTER'),
    value: fc.constantFrom('r1', 'r2', 'r'),
  }),
);

const hostPort = fc.constantFrom(0, 0, 0, 0, 31_001, 80);
const app: fc.Arbitrary<AppSpec> = fc
  .record({
    id: fc.constantFrom('/a', '/b', '/c'),
    instances: fc.integer({ min: 1, max: 9 }),
    resources: need,
    constraints: fc.array(constraint, { maxLength: 2 }),
    ports: fc.array(hostPort, { maxLength: 2 }),
    role: mostly('*', 'slave_public'),
    volumes,
  })
  .map(({ id, instances, resources: needed, constraints, ports, role, volumes: own }) =>
    anApp({
      id: resolvePathId(id),
      instances,
      resources: needed,
      constraints,
      acceptedResourceRoles: [role],
      portDefinitions: ports.map((port) => ({ port, protocol: 'tcp', labels: {} })),
      requirePorts: true,
      ...(own.length > 0 && { container: containerOf(own) }),
    }),
  );

const place = fc.record({
  rack: fc.option(fc.constantFrom(...RACKS), { nil: undefined }),
  zone: fc.constantFrom('z1', 'z2'),
});

const agentAt = (index: number): fc.Arbitrary<Agent> =>
  fc
    .record({
      place,
      registered: size,
      foreign: fc.constantFrom(NO_RESOURCES, { ...NO_RESOURCES, cpus: 0.3, mem: 100 }),
      claimed: fc.array(fc.record({ resources: need, hostPorts: fc.subarray([80, 31_000, 31_001, 31_002]) }), {
        maxLength: 2,
      }),
      own: disks,
      slots: fc.record({ interfaces: fc.nat(2), attachments: fc.nat(3) }, { requiredKeys: [] }),
      status: mostly('ACTIVE', 'DRAINING'),
      connected: mostly(true, false),
      region: mostly('local', 'far'),
      roles: fc.constantFrom(
        ['*'],
        ['*', 'slave_public'],
        ['*', 'slave_public'],
        ['*', 'slave_public'],
        ['slave_public'],
      ),
    })
    .map(({ place: { rack, zone }, registered, foreign, claimed, own, slots, status, connected, region, roles }) =>
      anAgent({
        id: `i-${index}`,
        facts: {
          registered,
          foreign,
          status,
          connected,
          region,
          roles,
          zone,
          ports: [{ begin: 31_000, end: 31_004 }],
          attributes: rack === undefined ? {} : { rack },
          ...(own.length > 0 && { disks: own }),
          slots,
        },
        held: claimed.map((each, at) => withDisk(each, own[at])),
      }),
    );

const agents = fc
  .constantFrom(0, 1, 2, 3, 4, 4, 5, 5, 6, 6)
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => agentAt(i))));

const condition: fc.Arbitrary<Condition> = fc.constantFrom(
  'Running',
  'Staging',
  'Killing',
  'Unreachable',
  'UnreachableInactive',
  'Failed',
);

/** Three racks, up to six agents and up to three apps with fixed or dynamic ports, roles, regions and what runs already. */
export const clusterSnapshot: fc.Arbitrary<ClusterSnapshot> = snapshotWith(agents, app, 15);

function snapshotWith(
  agentsOf: fc.Arbitrary<readonly Agent[]>,
  appsOf: fc.Arbitrary<AppSpec>,
  mostWaiting: number,
): fc.Arbitrary<ClusterSnapshot> {
  return fc
    .record({
      agents: agentsOf,
      apps: fc.uniqueArray(appsOf, { minLength: 1, maxLength: 3, selector: ({ id }) => id }),
      running: fc.array(fc.record({ app: fc.nat(2), place, condition }), { maxLength: 6 }),
      waiting: fc.array(fc.record({ app: fc.nat(2), replacement: fc.boolean() }), { maxLength: mostWaiting }),
    })
    .map(({ agents: all, apps, running, waiting }) => {
      const others = running.flatMap(({ app: n, place: { rack, zone }, condition: is }, index) => {
        const spec = apps[n % apps.length];
        return spec === undefined ? [] : [runs(spec, index, is, rack, zone)];
      });
      const pending = waiting.flatMap(({ app: n, replacement }, index): PendingLaunch[] => {
        const spec = apps[n % apps.length];
        if (spec === undefined) return [];
        return [
          {
            instance: aScheduledInstance({ id: toInstanceId(spec.id, `w${index}`), runSpec: spec.id }),
            spec,
            replacement,
          },
        ];
      });
      const known = [...others, ...pending.map(({ instance }) => instance)];
      return {
        localRegion: 'local',
        ranking: 'binpack',
        agents: all,
        pending,
        instances: Map.groupBy(known, (each) => each.runSpec),
      };
    });
}

function runs(spec: AppSpec, index: number, is: Condition, rack: string | undefined, zone: string): Instance {
  const agent = anInstanceAgent({ host: `gone-${index}`, zone, attributes: rack === undefined ? {} : { rack } });
  return anInstance({ id: toInstanceId(spec.id, `r${index}`), runSpec: spec.id, condition: is, agent });
}

/** Where the others are: values that few, some and all agents share, or that none has. */
const field = fc.constantFrom(
  'rack',
  'rack',
  'rack',
  '@zone',
  '@zone',
  'hostname',
  '@hostname',
  'slot',
  '@region',
  'none',
);
const some = <const T extends string>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** Every operator as often as any other. */
const anyConstraint: fc.Arbitrary<Constraint> = fc.oneof(
  fc.record({ field, operator: fc.constant('UNIQUE' as const) }),
  fc.record({ field, operator: fc.constant('CLUSTER' as const) }),
  fc.record({ field, operator: fc.constant('CLUSTER' as const), value: some('r1', 'z2', 'local', 's1') }),
  fc.record({ field, operator: fc.constant('GROUP_BY' as const) }),
  fc.record({ field, operator: fc.constant('GROUP_BY' as const), value: some('0', '1', '2', '3', '7', 'inf') }),
  fc.record({ field, operator: fc.constant('MAX_PER' as const), value: some('0', '1', '2', '3') }),
  fc.record({
    field,
    operator: fc.constant('LIKE' as const),
    value: some('r1', 'r[12]', '.*', 'z1|s0', 's.', 'r', ''),
  }),
  fc.record({ field, operator: fc.constant('UNLIKE' as const), value: some('r1', 'r[12]', 'z1|s0', 'r', '.*', '') }),
  fc.record({ field, operator: fc.constant('IS' as const), value: some('r1', 'z2', 'far', 'local') }),
);

/** Mostly one, so that what waits does not wait for three reasons at once. */
const anyConstraints = fc.oneof(
  { weight: 4, arbitrary: anyConstraint.map((each) => [each]) },
  { weight: 2, arbitrary: fc.array(anyConstraint, { minLength: 2, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant<Constraint[]>([]) },
);

const anyPorts: fc.Arbitrary<readonly number[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<number[]>([]) },
  { weight: 1, arbitrary: fc.array(hostPort, { maxLength: 5 }) },
);

const anyApp: fc.Arbitrary<AppSpec> = fc
  .record({
    plain: app,
    constraints: anyConstraints,
    requirePorts: fc.boolean(),
    role: fc.constantFrom('*', '*', 'dev'),
    acceptedResourceRoles: fc.constantFrom([], [], [], ['*'], ['slave_public'], ['*', 'slave_public']),
    ports: anyPorts,
    cpus: fc.constantFrom(0, 0.3, 1, 2),
    gpus: mostly(0, 1),
    behaviour: fc.constantFrom(undefined, undefined, 'unrestricted', 'restricted'),
  })
  .map(({ plain, behaviour, ports, cpus, gpus, ...rest }) => ({
    ...plain,
    ...rest,
    resources: { ...plain.resources, cpus, gpus },
    portDefinitions: ports.map((port) => ({ port, protocol: 'tcp' as const, labels: {} })),
    labels: behaviour === undefined ? {} : { GPU_SCHEDULING_BEHAVIOR: behaviour },
  }));

/** What befalls a snapshot: a second version, reservations, agents in and out of regions, slots, ranges of ports. */
const twists = fc.record({
  newer: fc.array(fc.boolean(), { maxLength: 15 }),
  reserved: fc.array(fc.option(fc.nat(7), { freq: 3, nil: undefined }), { maxLength: 15 }),
  regions: fc.array(mostly('local', 'far', ''), { maxLength: 8 }),
  /** Few shapes, so that several agents are in one order. */
  shapes: fc.array(
    fc.constantFrom(
      { cpus: 2, mem: 1_000, disk: 100, gpus: 0 },
      { cpus: 4, mem: 2_000, disk: 0, gpus: 0 },
      { cpus: 4, mem: 2_000, disk: 100, gpus: 1 },
    ),
    { minLength: 1, maxLength: 8 },
  ),
  roles: fc.array(mostly(undefined, ['dev']), { maxLength: 8 }),
  zoneless: fc.array(fc.boolean(), { maxLength: 8 }),
  localRegion: mostly('local', ''),
  ranking: fc.constantFrom(...PLACEMENT_RANKINGS),
  /** The one thing in which apps differ from the first, if there is one: the engine shares its work among those alike. */
  differ: fc.option(
    fc.constantFrom('cpus', 'mem', 'disk', 'gpus', 'constraints', 'roles', 'labels', 'ports', 'volumes', 'nothing'),
    { nil: undefined },
  ),
});
type Twists = typeof twists extends fc.Arbitrary<infer T> ? T : never;

function twisted(given: ClusterSnapshot, twist: Twists): ClusterSnapshot {
  const all = given.agents.map((agent, index): Agent => {
    const { zone, ...facts } = agent.facts;
    const isZoneless = zone === undefined || twist.zoneless[index] === true;
    return {
      ...agent,
      facts: {
        ...facts,
        ...(!isZoneless && { zone }),
        registered: twist.shapes[index % twist.shapes.length] ?? facts.registered,
        roles: twist.roles[index] ?? facts.roles,
        region: twist.regions[index] ?? facts.region,
        ports: index % 3 === 0 ? [...facts.ports, { begin: 31_004, end: 31_006 }] : facts.ports,
        attributes: { ...facts.attributes, slot: `s${index % 200}` },
      },
    };
  });
  const first = given.pending[0]?.spec;
  const pending = given.pending.map((launch, index) => {
    const own = likened(launch.spec, first, twist.differ);
    const spec = twist.newer[index] === true ? newerOf(own) : own;
    const at = all[twist.reserved[index] ?? -1];
    return { ...launch, spec, instance: at === undefined ? launch.instance : reservedOn(launch.instance, at) };
  });
  const byId = new Map(pending.map(({ instance }) => [instance.id, instance]));
  const instances = new Map(
    [...given.instances].map(([id, list]) => [id, list.map((instance) => byId.get(instance.id) ?? instance)]),
  );
  const { localRegion, ranking } = twist;
  return { localRegion, ranking, agents: all, pending, instances };
}

function likened(spec: RunSpec, first: RunSpec | undefined, differ: Twists['differ']): RunSpec {
  if (differ === undefined || spec.kind !== 'app' || first?.kind !== 'app') return spec;
  const { id, instances, resources, constraints, acceptedResourceRoles, role, labels } = spec;
  const { portDefinitions, requirePorts, container } = spec;
  return {
    ...first,
    id,
    instances,
    ...((differ === 'cpus' || differ === 'mem' || differ === 'disk' || differ === 'gpus') && {
      resources: { ...first.resources, [differ]: resources[differ] },
    }),
    ...(differ === 'constraints' && { constraints }),
    ...(differ === 'roles' && { acceptedResourceRoles, role }),
    ...(differ === 'labels' && { labels }),
    ...(differ === 'ports' && { portDefinitions, requirePorts }),
    ...(differ === 'volumes' && container !== undefined && { container }),
  };
}

const NEWER = toTimestamp(EPOCH + 1);

function newerOf(spec: AppSpec | PendingLaunch['spec']): PendingLaunch['spec'] {
  return { ...spec, version: NEWER, versionInfo: { lastScalingAt: NEWER, lastConfigChangeAt: NEWER } };
}

/** An instance that has run on the agent and waits to go back. */
function reservedOn(instance: Instance, { facts, host }: Agent): Instance {
  const { id, arn, region, attributes, zone } = facts;
  return {
    ...instance,
    condition: 'Failed',
    agent: { id, arn, region, attributes, host: host.host, ipAddresses: [], ...(zone !== undefined && { zone }) },
    reservation: { agent: id satisfies AgentId, resources: NO_RESOURCES, since: EPOCH },
  };
}

/** Whatever a scheduler may meet, in the small. */
export const anySnapshot: fc.Arbitrary<ClusterSnapshot> = fc
  .tuple(snapshotWith(agents, anyApp, 24), twists)
  .map(([given, twist]) => twisted(given, twist));

const withZones = (given: ClusterSnapshot): ClusterSnapshot => ({
  ...given,
  volumeZones: new Map([
    ['here', 'z1'],
    ['there', 'z2'],
  ]),
});

const volumeApp: fc.Arbitrary<AppSpec> = fc
  .record({
    plain: app,
    own: fc.oneof(fc.constant([]), someVolumes),
    constraints: mostly<readonly Constraint[]>([], [{ field: 'rack', operator: 'GROUP_BY' }]),
    external: fc.subarray(['here', 'there', 'new'], { maxLength: 2 }),
    networks: fc.constantFrom<readonly Network[]>([], [{ mode: 'container', name: 'dcos', labels: {} }]),
  })
  .map(({ plain, own, constraints, external, networks }) => ({
    ...plain,
    resources: { cpus: 0.1, mem: 10, disk: 0, gpus: 0 },
    acceptedResourceRoles: [],
    portDefinitions: [],
    constraints,
    networks,
    container: containerOf(own, external),
  }));

/** Nothing is short but disks, zones and slots. */
export const volumeSnapshot: fc.Arbitrary<ClusterSnapshot> = fc
  .tuple(snapshotWith(agents, volumeApp, 12), twists)
  .map(([given, { localRegion: _, ...twist }]) =>
    withZones(twisted(given, { ...twist, localRegion: 'local', roles: [], regions: [] })),
  );

/** Spread over more values than are kept apart. */
const spreadApp: fc.Arbitrary<AppSpec> = fc
  .record({ plain: app, value: some('', '3', '7', 'inf'), field: some('hostname', 'slot') })
  .map(({ plain, value, field: over }) => ({
    ...plain,
    acceptedResourceRoles: [],
    portDefinitions: [],
    constraints: [{ field: over, operator: 'GROUP_BY', value }],
  }));

/** The same over some hundred agents: more than one block of an ordered list, more values than are kept apart. */
export const anyLargeSnapshot: fc.Arbitrary<ClusterSnapshot> = fc
  .tuple(
    snapshotWith(
      fc
        .integer({ min: 100, max: 260 })
        .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => agentAt(i)))),
      fc.oneof(anyApp, spreadApp),
      60,
    ),
    twists,
  )
  .map(([given, twist]) => twisted(given, twist));
