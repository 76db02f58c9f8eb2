import { proposeScaling } from '../../lib/deployment/scale.ts';
import type { Constraint } from '../../lib/model/constraint.ts';
import type { Instance } from '../../lib/model/instance.ts';
import type { PortDefinition } from '../../lib/model/run-spec.ts';
import type { ClusterSnapshot, Placement } from '../../lib/model/schedule.ts';
import { PlacementMemory } from '../../lib/placement/placement-memory.ts';
import { planSchedule } from '../../lib/placement/plan-schedule.ts';
import { snapshotOf } from './cells.ts';
import { benchAgent, benchApp, benchLaunches } from './fixed-input.ts';
import { LiveCluster } from './one-by-one.ts';

const AGENTS = 10_000;
const NOTHING_WAITS = { agents: AGENTS, instances: 0, mix: 'mixed', fill: 80, batch: 'all' } as const;
const DYNAMIC_PORT: PortDefinition = { port: 0, protocol: 'tcp', labels: {} };

/** Milliseconds by case. */
export function runSpecialCases(): Readonly<Record<string, number>> {
  return {
    'churn at 80 %: stop one, place one, 10,000 times': churn(),
    'tick with 100,000 unplaceable, 10 changed agents': idleTick(),
    '10,000 apps of one instance': manyApps(),
    '10,000 instances of three dynamic ports each': dynamicPorts(),
    'scale-down of 10k keeping groups even': evenScaleDown(),
  };
}

function timed(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

function churn(): number {
  const snapshot = snapshotOf({ ...NOTHING_WAITS, instances: 10_000 });
  const cluster = new LiveCluster(snapshot);
  const running: Placement[] = snapshot.pending.flatMap((launch) => cluster.place(launch).placements);
  const before = cluster.times.length;
  for (let turn = 0; turn < 10_000; turn += 1) {
    const gone = running[(turn * 7_919) % running.length];
    if (gone === undefined) throw new Error('nothing runs');
    cluster.stop(gone);
    const [launch] = benchLaunches(benchApp(turn % 100, 'mixed'), 1, 1_000 + turn);
    const [placement] = launch === undefined ? [] : cluster.place(launch).placements;
    if (placement !== undefined) running[(turn * 7_919) % running.length] = placement;
  }
  return cluster.times.slice(before).reduce((sum, each) => sum + each, 0);
}

function idleTick(): number {
  const { pending, instances, ...rest } = snapshotOf({ ...NOTHING_WAITS, instances: 100_000 });
  const tooBig = new Map(
    pending.map(({ spec }) => [spec.id, { ...spec, resources: { ...spec.resources, cpus: 64 } }] as const),
  );
  const waiting = pending.map((launch) => ({ ...launch, spec: tooBig.get(launch.spec.id) ?? launch.spec }));
  const memory = new PlacementMemory();
  let snapshot: ClusterSnapshot = { ...rest, pending: waiting, instances };
  const plan = planSchedule(snapshot, memory);
  if (plan.placements.length > 0) throw new Error('placeable after all');
  const times = Array.from({ length: 20 }, (_, turn) => {
    const agents = snapshot.agents.map((agent, rank) => (rank % 1_000 === turn ? { ...agent } : agent));
    snapshot = { ...snapshot, agents };
    return timed(() => planSchedule(snapshot, memory));
  });
  return times.toSorted((a, b) => a - b)[10] ?? Number.NaN;
}

function manyApps(): number {
  const given = snapshotOf(NOTHING_WAITS);
  const pending = Array.from({ length: 10_000 }, (_, a) => benchLaunches(benchApp(a, 'mixed'), 1)).flat();
  return timed(() => {
    const { placements } = planSchedule({ ...given, pending });
    if (placements.length !== pending.length) throw new Error(`${placements.length} of ${pending.length} placed`);
  });
}

function dynamicPorts(): number {
  const given = snapshotOf({ ...NOTHING_WAITS, instances: 10_000 });
  const specs = new Map(
    given.pending.map(({ spec }) => {
      const portDefinitions = [DYNAMIC_PORT, DYNAMIC_PORT, DYNAMIC_PORT];
      return [spec.id, spec.kind === 'app' ? { ...spec, portDefinitions } : spec] as const;
    }),
  );
  const pending = given.pending.map((launch) => ({ ...launch, spec: specs.get(launch.spec.id) ?? launch.spec }));
  return timed(() => {
    const { placements } = planSchedule({ ...given, pending });
    if (placements.some(({ hostPorts }) => new Set(hostPorts).size !== 3)) throw new Error('not three ports each');
  });
}

/** 10,000 instances on as many agents go down to 5,000; host, rack and zone are kept even at once. */
function evenScaleDown(): number {
  const constraints = ['hostname', 'rack', 'zone'].map((field): Constraint => ({ field, operator: 'GROUP_BY' }));
  const instances = benchLaunches(benchApp(0, 'none'), 10_000).map(({ instance }, i): Instance => {
    const { facts, host } = benchAgent(i, 0);
    const { id, arn, region, attributes } = facts;
    return { ...instance, condition: 'Running', agent: { ...host, id, arn, region, attributes }, activeSince: i % 997 };
  });
  let gone: ReadonlySet<string> = new Set();
  const order = { selection: 'YOUNGEST_FIRST', spareHealthy: false, constraints } as const;
  const ms = timed(() => {
    gone = new Set(proposeScaling(instances, 5_000, order).decommission);
  });
  const left = instances.filter(({ id }) => !gone.has(id));
  for (const field of ['rack', 'zone']) {
    const sizes = [...Map.groupBy(left, ({ agent }) => agent?.attributes[field]).values()].map(({ length }) => length);
    const skew = Math.max(...sizes) - Math.min(...sizes);
    if (left.length !== 5_000 || skew > 1) throw new Error(`${left.length} left, ${skew} apart by ${field}`);
  }
  return ms;
}
