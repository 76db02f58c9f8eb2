import type { Agent } from '../../lib/model/agent.ts';
import type { Constraint } from '../../lib/model/constraint.ts';
import { NOTHING_HELD } from '../../lib/model/held.ts';
import { type AgentId, type ContainerInstanceArn, type ContentHash, toInstanceId } from '../../lib/model/ids.ts';
import { resolvePathId } from '../../lib/model/path-id.ts';
import { NO_RESOURCES, type Resources } from '../../lib/model/resources.ts';
import type { AppSpec } from '../../lib/model/run-spec.ts';
import type { PendingLaunch } from '../../lib/model/schedule.ts';
import { toTimestamp } from '../../lib/model/timestamp.ts';

/** What the apps of a cell ask for beside resources; `mixed` gives app a the mix number a mod 5. */
export type Mix = 'none' | 'unique' | 'groupby' | 'cluster' | 'maxper' | 'mixed';
/** Per cent of the cluster that others use. */
export type Fill = 0 | 80;

export const REGION = 'local';
export const INSTANCES_PER_APP = 100;
const VERSION = toTimestamp(Date.UTC(2021, 2, 2, 8));

const MIXES: Readonly<Record<Exclude<Mix, 'mixed'>, readonly Constraint[]>> = {
  none: [],
  unique: [{ field: 'hostname', operator: 'UNIQUE' }],
  groupby: [{ field: 'zone', operator: 'GROUP_BY', value: '3' }],
  cluster: [
    { field: 'zone', operator: 'CLUSTER', value: 'z1' },
    { field: 'type', operator: 'LIKE', value: 'general-.*' },
  ],
  maxper: [{ field: 'rack', operator: 'MAX_PER', value: '5' }],
};
const TURNS: readonly Exclude<Mix, 'mixed'>[] = ['none', 'unique', 'groupby', 'cluster', 'maxper'];

/** Agent i of the fixed input. */
export function benchAgent(i: number, fill: Fill): Agent {
  const name = `agent-${String(i).padStart(5, '0')}`;
  const id = name as AgentId;
  const zone = `z${i % 3}`;
  const cpus = [4, 8, 16][Math.floor(i / 3) % 3] ?? 4;
  const registered = { cpus, mem: 3_840 * cpus, disk: 0, gpus: 0 };
  const freeShare = fill === 0 ? 1 : 1 - (0.6 + 0.01 * ((7_919 * i) % 41));
  const free = { cpus: Math.floor(cpus * freeShare * 1_000) / 1_000, mem: Math.floor(registered.mem * freeShare) };
  return {
    facts: {
      id,
      arn: `arn:aws:ecs:local:000000000000:container-instance/bench/${name}` as ContainerInstanceArn,
      version: 1,
      status: 'ACTIVE',
      connected: true,
      connectedSince: 0,
      registered,
      foreign: { ...NO_RESOURCES, cpus: registered.cpus - free.cpus, mem: registered.mem - free.mem },
      ports: [{ begin: 31_000, end: 32_000 }],
      attributes: {
        zone,
        rack: `${zone}-r${Math.floor(i / 3) % 20}`,
        type: i % 10 === 9 ? 'gpu' : `general-${i % 4}`,
      },
      roles: ['*'],
      region: REGION,
      zone,
    },
    host: { id, host: name, ipAddresses: [] },
    held: NOTHING_HELD,
  };
}

/** App a of the fixed input. */
export function benchApp(a: number, mix: Mix): AppSpec {
  return {
    kind: 'app',
    id: resolvePathId(`/app-${a}`),
    version: VERSION,
    versionInfo: { lastScalingAt: VERSION, lastConfigChangeAt: VERSION },
    cmd: 'sleep 100',
    args: [],
    env: {},
    instances: INSTANCES_PER_APP,
    resources: sizeOf((7 * a) % 20),
    executor: '',
    constraints: MIXES[mix === 'mixed' ? (TURNS[a % TURNS.length] ?? 'none') : mix],
    acceptedResourceRoles: [],
    role: '*',
    fetch: [],
    portDefinitions: [],
    requirePorts: false,
    networks: [{ mode: 'host', labels: {} }],
    healthChecks: [],
    readinessChecks: [],
    dependencies: [],
    labels: {},
    backoff: { backoffSeconds: 1, backoffFactor: 1.15, maxLaunchDelaySeconds: 300 },
    upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
    unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
    killSelection: 'YOUNGEST_FIRST',
  };
}

function sizeOf(k: number): Resources {
  const size = (cpus: number, mem: number) => ({ ...NO_RESOURCES, cpus, mem });
  if (k < 10) return size(0.1, 128);
  if (k < 16) return size(0.25, 256);
  return k < 19 ? size(0.5, 512) : size(1, 1_024);
}

/** Waiting instances of a spec, numbered from `from` on. */
export function benchLaunches(spec: AppSpec, count: number, from = 0): readonly PendingLaunch[] {
  return Array.from({ length: count }, (_, index) => ({
    spec,
    replacement: false,
    instance: {
      id: toInstanceId(spec.id, String(from + index)),
      runSpec: spec.id,
      goal: 'Running',
      condition: 'Scheduled',
      since: 0,
      incarnation: 0,
      runSpecHash: '0'.repeat(64) as ContentHash,
      runSpecVersion: spec.version,
      configVersion: spec.versionInfo.lastConfigChangeAt,
      hostPorts: [],
      health: [],
      readiness: [],
      volumes: [],
    },
  }));
}
