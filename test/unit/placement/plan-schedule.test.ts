import { describe, expect, test } from 'vitest';
import { type AgentId, toInstanceId } from '../../../lib/model/ids.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { NO_RESOURCES } from '../../../lib/model/resources.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { planSchedule } from '../../../lib/placement/plan-schedule.ts';
import { anAgent } from '../../fixtures/an-agent.ts';
import { anApp, EPOCH } from '../../fixtures/an-app.ts';
import { anInstance, anInstanceAgent } from '../../fixtures/an-instance.ts';
import { agentsAt, aSnapshot, claimOf, outcomeOf, waiting, waitingOf } from './snapshot.ts';

const app = anApp({ portDefinitions: [] });
const other = anApp({ id: resolvePathId('/other'), portDefinitions: [] });
const agentWith = (id: string, cpus: number) =>
  anAgent({ id, facts: { registered: { cpus, mem: 8_192, disk: 0, gpus: 0 } } });

test('the complete plan: one placed, one not, with every agent asked', () => {
  const agents = [agentWith('b', 1), agentWith('a', 0.5)];
  const { placements, unplaced } = planSchedule(aSnapshot(agents, waiting(app, 3)));
  expect(placements).toEqual([
    { instance: 'app.instance-0', runSpec: '/app', agent: 'b', resources: app.resources, hostPorts: [] },
  ]);
  expect(unplaced.map(({ refusals, ...rest }) => ({ ...rest, list: refusals.list() }))).toEqual([
    {
      runSpec: '/app',
      instances: ['app.instance-1', 'app.instance-2'],
      list: [
        { agent: 'a', rule: 'cpus', reason: 'InsufficientCpus', detail: { needed: 1, free: 0.5 } },
        { agent: 'b', rule: 'cpus', reason: 'InsufficientCpus', detail: { needed: 1, free: 0 } },
      ],
    },
  ]);
  expect(unplaced.map(({ refusals: { agents: asked, byRule, byReason } }) => ({ asked, byRule, byReason }))).toEqual([
    { asked: 2, byRule: { cpus: 2 }, byReason: { InsufficientCpus: 2 } },
  ]);
});

test('agents that have nothing take what needs nothing', () => {
  const nothing = { facts: { registered: NO_RESOURCES, ports: [] } };
  const agents = ['a', 'b'].map((id) => anAgent({ id, ...nothing }));
  const constraints = [{ field: 'hostname', operator: 'UNIQUE' }] as const;
  const app = anApp({ resources: NO_RESOURCES, portDefinitions: [], constraints });
  expect(outcomeOf(planSchedule(aSnapshot(agents, waiting(app, 2))))).toEqual({
    'app.instance-0': 'a',
    'app.instance-1': 'b',
  });
});

test('nothing pending, or no agents', () => {
  expect(planSchedule(aSnapshot([anAgent()], []))).toEqual({ placements: [], unplaced: [] });
  expect(outcomeOf(planSchedule(aSnapshot([], waiting(app))))).toEqual({ 'app.instance-0': [] });
});

describe('fair: replacements first, then one instance a turn (design §4)', () => {
  test.each([
    [
      'round-robin over run specs',
      [...waiting(app, 5), ...waiting(other, 2)],
      ['app.instance-0', 'other.instance-0', 'app.instance-1', 'other.instance-1'],
    ],
    [
      'a replacement before all that is new',
      [...waiting(app, 5), ...waiting(other, 1, true)],
      ['other.instance-0', 'app.instance-0', 'app.instance-1', 'app.instance-2'],
    ],
    [
      'round-robin among replacements',
      [...waiting(app, 3, true), ...waiting(other, 3, true)],
      ['app.instance-0', 'other.instance-0', 'app.instance-1', 'other.instance-1'],
    ],
  ])('%s', (_, pending, placed) => {
    const plan = planSchedule(aSnapshot([agentWith('a', 4)], pending));
    expect(plan.placements.map(({ instance }) => instance)).toEqual(placed);
    expect(waitingOf(plan)).toHaveLength(pending.length - placed.length);
  });

  test('what does not fit holds nobody up', () => {
    const big = anApp({ id: resolvePathId('/big'), resources: { ...app.resources, cpus: 99 }, portDefinitions: [] });
    const plan = planSchedule(aSnapshot([agentWith('a', 4)], [...waiting(big, 3), ...waiting(app, 4)]));
    expect(plan.placements).toHaveLength(4);
    expect(waitingOf(plan).map(({ instance }) => instance)).toEqual([0, 1, 2].map((i) => `big.instance-${i}`));
  });

  test('the reasons are those of the moment when the plan is made', () => {
    const big = anApp({ id: resolvePathId('/big'), resources: { ...app.resources, cpus: 4 }, portDefinitions: [] });
    const claimed = agentWith('a', 4.5);
    const plan = planSchedule(
      aSnapshot([claimed], [...waiting(app, 1, true), ...waiting(big, 2), ...waiting(app, 2).slice(1)]),
    );
    expect(waitingOf(plan).map(({ rejections }) => rejections[0]?.detail)).toEqual([
      { needed: 4, free: 2.5 },
      { needed: 4, free: 2.5 },
    ]);
  });

  test('what an agent takes once its last gpu is in use gets another turn', () => {
    const withGpu = anAgent({ id: 'a', facts: { registered: { cpus: 4, mem: 8_192, disk: 0, gpus: 1 } } });
    const training = anApp({
      id: resolvePathId('/training'),
      resources: { ...app.resources, gpus: 1 },
      portDefinitions: [],
    });
    const plan = planSchedule(aSnapshot([withGpu], [...waiting(app), ...waiting(training)]));
    expect(plan.placements.map(({ instance }) => instance)).toEqual(['training.instance-0', 'app.instance-0']);
    expect(plan.unplaced).toEqual([]);
  });
});

describe('ranking', () => {
  test('the fullest agent that fits', () => {
    const agents = [agentWith('a', 8), agentWith('b', 2), agentWith('c', 4)];
    expect(planSchedule(aSnapshot(agents, waiting(app, 3))).placements.map(({ agent }) => agent)).toEqual([
      'b',
      'b',
      'c',
    ]);
  });

  test('with spread the emptiest agent once it has the instance, by share', () => {
    const agents = [agentWith('a', 2), agentWith('b', 8), agentWith('c', 4)];
    const given = { ...aSnapshot(agents, waiting(app, 4)), ranking: 'spread' as const };
    expect(planSchedule(given).placements.map(({ agent }) => agent)).toEqual(['b', 'c', 'b', 'b']);
  });

  test('memory counts as cpus do', () => {
    const agents = [
      anAgent({ id: 'a' }),
      anAgent({ id: 'b', facts: { foreign: { ...NO_RESOURCES, mem: 6_000 } } }),
      anAgent({ id: 'c', facts: { foreign: { ...NO_RESOURCES, cpus: 1 } } }),
    ];
    expect(planSchedule(aSnapshot(agents, waiting(app))).placements[0]?.agent).toBe('b');
  });

  test('equals by id, whatever their order', () => {
    const agents = [anAgent({ id: 'c' }), anAgent({ id: 'a' }), anAgent({ id: 'b' })];
    expect(planSchedule(aSnapshot(agents, waiting(app))).placements[0]?.agent).toBe('a');
  });

  test('GROUP_BY: the smallest group first (design §8)', () => {
    const agents = agentsAt([{ zone: 'z1' }, { zone: 'z1' }, { zone: 'z2' }, { zone: 'z3' }]);
    const spread = anApp({ ...app, instances: 7, constraints: [{ field: '@zone', operator: 'GROUP_BY', value: '3' }] });
    const plan = planSchedule(aSnapshot(agents, waiting(spread, 7)));
    expect(plan.placements.map(({ agent }) => agent)).toEqual(['a', 'c', 'd', 'a', 'c', 'd', 'a']);
  });
});

describe('constraints see what this plan placed', () => {
  const agents = agentsAt([{ rack: 'r1' }, { rack: 'r1' }, { rack: 'r2' }]);
  const placedWith = (constraint: (typeof app.constraints)[number], instances = 4) =>
    outcomeOf(
      planSchedule(aSnapshot(agents, waiting(anApp({ ...app, instances, constraints: [constraint] }), instances))),
    );
  const names = ['app.instance-0', 'app.instance-1', 'app.instance-2', 'app.instance-3'];
  const refused = ['a: UnfulfilledConstraint', 'b: UnfulfilledConstraint', 'c: UnfulfilledConstraint'];
  const table = (...values: (string | readonly string[])[]) =>
    Object.fromEntries(values.map((value, index) => [names[index], value]));

  test.each<readonly [(typeof app.constraints)[number], ReturnType<typeof table>]>([
    [{ field: 'rack', operator: 'UNIQUE' }, table('a', 'c', refused, refused)],
    [{ field: 'hostname', operator: 'UNIQUE' }, table('a', 'b', 'c', refused)],
    [{ field: 'rack', operator: 'MAX_PER', value: '1' }, table('a', 'c', refused, refused)],
    [{ field: 'rack', operator: 'CLUSTER' }, table('a', 'a', 'a', 'a')],
    [{ field: 'rack', operator: 'CLUSTER', value: 'r2' }, table('c', 'c', 'c', 'c')],
    [{ field: 'rack', operator: 'UNLIKE', value: 'r1' }, table('c', 'c', 'c', 'c')],
    [{ field: 'rack', operator: 'GROUP_BY' }, table('a', 'c', 'a', 'c')],
    [{ field: 'rack', operator: 'GROUP_BY', value: '1' }, table('a', 'a', 'a', 'a')],
    [{ field: 'gen', operator: 'UNLIKE', value: 'x' }, table('a', 'a', 'a', 'a')],
    [{ field: 'gen', operator: 'UNIQUE' }, table(refused, refused, refused, refused)],
  ])('%j', (constraint, outcome) => expect(placedWith(constraint)).toEqual(outcome));
});

describe('GROUP_BY without a value keeps level what could take the spec', () => {
  const level = (extra: Partial<typeof app> = {}) =>
    anApp({
      ...app,
      instances: 4,
      ...extra,
      constraints: [{ field: 'rack', operator: 'GROUP_BY' }, ...(extra.constraints ?? [])],
    });
  const [a, b] = agentsAt([{ rack: 'r1' }, { rack: 'r2' }]);
  const rackThree = { rack: 'r3' };
  const eligible = [a, b].flatMap((agent) => agent ?? []);

  test.each([
    ['draining', anAgent({ id: 'c', facts: { attributes: rackThree, status: 'DRAINING' } }), level()],
    ['of another role', anAgent({ id: 'c', facts: { attributes: rackThree, roles: ['other'] } }), level()],
    ['of another region', anAgent({ id: 'c', facts: { attributes: rackThree, region: 'far' } }), level()],
    ['too small', { ...agentWith('c', 0.5), facts: { ...agentWith('c', 0.5).facts, attributes: rackThree } }, level()],
    [
      'ruled out by another constraint',
      anAgent({ id: 'c', facts: { attributes: rackThree } }),
      level({ constraints: [{ field: 'hostname', operator: 'UNLIKE', value: 'c\\..*' }] }),
    ],
  ])('an agent %s does not hold the others at its zero', (_, agent, spec) => {
    const plan = planSchedule(aSnapshot([...eligible, agent], waiting(spec, 4)));
    expect(plan.placements.map((placement) => placement.agent)).toEqual(['a', 'b', 'a', 'b']);
  });

  test('an agent that is full for now does', () => {
    const full = anAgent({ id: 'c', facts: { attributes: rackThree } });
    const plan = planSchedule(aSnapshot([...eligible, { ...full, held: claimOf(4) }], waiting(level(), 4)));
    expect(plan.placements.map((placement) => placement.agent)).toEqual(['a', 'b']);
  });
});

test('what one version places can make room for another: it gets another turn', () => {
  const level = anApp({ ...app, instances: 2, constraints: [{ field: 'rack', operator: 'GROUP_BY' }] });
  const [roomy, small] = agentsAt([{ rack: 'r1' }, { rack: 'r2' }]).map((agent, index) =>
    index === 0 ? agent : { ...agent, held: claimOf(2.5) },
  );
  const older = anApp({ ...level, resources: { ...app.resources, cpus: 2 } });
  const newer = anApp({
    ...level,
    version: toTimestamp(EPOCH + 9),
    versionInfo: { lastScalingAt: toTimestamp(EPOCH + 9), lastConfigChangeAt: toTimestamp(EPOCH + 9) },
  });
  const first = anInstance({ id: toInstanceId(app.id, 'old'), agent: anInstanceAgent({ attributes: { rack: 'r1' } }) });
  const [launch] = waiting(newer);
  if (roomy === undefined || small === undefined || launch === undefined) throw new Error('nothing to place');
  const pinned = {
    ...launch,
    spec: { ...newer, constraints: [...newer.constraints, { field: 'rack', operator: 'IS' as const, value: 'r2' }] },
    instance: { ...launch.instance, id: toInstanceId(app.id, 'new') },
  };
  const plan = planSchedule(aSnapshot([roomy, small], [...waiting(older), pinned], [first]));
  expect(plan.placements.map(({ instance, agent }) => [instance, agent])).toEqual([
    ['app.instance-new', 'b'],
    ['app.instance-0', 'a'],
  ]);
});

describe('constraints see what runs already', () => {
  const unique = anApp({ ...app, constraints: [{ field: 'rack', operator: 'UNIQUE' }] });
  const agents = agentsAt([{ rack: 'r1' }, { rack: 'r2' }]);
  const runsIn = (rack: string, overrides: Partial<ReturnType<typeof anInstance>> = {}) =>
    anInstance({ id: toInstanceId(app.id, 'old'), agent: anInstanceAgent({ attributes: { rack } }), ...overrides });

  test.each([
    ['the recorded value counts, not the present one of the agent', runsIn('r1'), 'b'],
    [
      'an instance of an older configuration does not count',
      runsIn('r1', { configVersion: toTimestamp(EPOCH - 1) }),
      'a',
    ],
    ['a lost instance does not count', runsIn('r1', { condition: 'Unreachable' }), 'a'],
    ['an inactive one does', runsIn('r1', { condition: 'UnreachableInactive' }), 'b'],
    ['one on its way out does', runsIn('r1', { condition: 'Killing', goal: 'Decommissioned' }), 'b'],
    ['instances of other run specs do not count', runsIn('r1', { runSpec: other.id }), 'a'],
  ])('%s', (_, instance, agent) => {
    expect(planSchedule(aSnapshot(agents, waiting(unique), [instance])).placements.map((each) => each.agent)).toEqual([
      agent,
    ]);
  });

  test('an instance that waits with a reservation counts, but not against itself (design §8)', () => {
    const reservation = { agent: 'a' as AgentId, resources: NO_RESOURCES, since: EPOCH };
    const reserved = runsIn('r1', { condition: 'Failed', reservation });
    expect(outcomeOf(planSchedule(aSnapshot(agents, waiting(unique), [reserved])))).toEqual({ 'app.instance-0': 'b' });
    const both = [{ instance: reserved, spec: unique, replacement: true }, ...waiting(unique, 2)];
    expect(outcomeOf(planSchedule(aSnapshot(agents, both)))).toEqual({
      'app.instance-old': 'a',
      'app.instance-0': 'b',
      'app.instance-1': ['a: UnfulfilledConstraint', 'b: UnfulfilledConstraint'],
    });
  });

  test('two versions pending at once: the newer one counts for both, the older for itself', () => {
    const newer = anApp({
      ...unique,
      version: toTimestamp(EPOCH + 9),
      versionInfo: { lastScalingAt: toTimestamp(EPOCH + 9), lastConfigChangeAt: toTimestamp(EPOCH + 9) },
    });
    const newerLaunch = waiting(newer).map((launch) => ({
      ...launch,
      instance: { ...launch.instance, id: toInstanceId(app.id, 'new') },
    }));
    const plan = (order: 'old first' | 'new first') => {
      const both = order === 'old first' ? [...waiting(unique), ...newerLaunch] : [...newerLaunch, ...waiting(unique)];
      return outcomeOf(planSchedule(aSnapshot(agents, both)));
    };
    expect(plan('old first')).toEqual({ 'app.instance-0': 'a', 'app.instance-new': 'a' });
    expect(plan('new first')).toEqual({ 'app.instance-new': 'a', 'app.instance-0': 'b' });
  });
});

test('1,000 pending over 100 agents: as many as there are cpus for', () => {
  const agents = Array.from({ length: 100 }, (_, i) =>
    anAgent({ id: `i-${i}`, facts: { zone: `z${i % 4}`, attributes: { rack: `r${i % 20}` } } }),
  );
  const pending = Array.from({ length: 10 }, (_, i) =>
    waiting(
      anApp({
        id: resolvePathId(`/app-${i}`),
        instances: 100,
        resources: { cpus: 0.5, mem: 64, disk: 0, gpus: 0 },
        constraints: [
          { field: 'rack', operator: 'MAX_PER', value: '7' },
          { field: '@zone', operator: 'GROUP_BY' },
        ],
      }),
      100,
    ),
  ).flat();
  const plan = planSchedule(aSnapshot(agents, pending));
  expect([plan.placements.length, waitingOf(plan).length]).toEqual([800, 200]);
});
