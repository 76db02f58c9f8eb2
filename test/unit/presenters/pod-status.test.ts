import { describe, expect, test } from 'vitest';
import { presentKilledInstance } from '../../../functions/api/presenters/pod-instance.ts';
import { type PodStatus, presentPodStatus } from '../../../functions/api/presenters/pod-status.ts';
import { contentHash } from '../../../lib/model/content-hash.ts';
import { toInstanceId, toPodTaskId } from '../../../lib/model/ids.ts';
import type { Condition, HealthState, Instance } from '../../../lib/model/instance.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import type { PodSpec } from '../../../lib/model/run-spec.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { renderPod } from '../../../lib/schema/pod/render-pod.ts';
import { aPod, aPodContainer } from '../../fixtures/a-pod.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { anInstance, aScheduledInstance } from '../../fixtures/an-instance.ts';

const ID = resolvePathId('/shop/sidecar');
const UUID = '9a8b7c6d-7b36-11eb-9d3a-0242ac110002';
const NOW = EPOCH + 60_000;
const now = toTimestamp(NOW);
const since = toTimestamp(EPOCH + 2_000);

const HEALTH_CHECK = {
  probe: { kind: 'http', endpoint: 'http', scheme: 'HTTP' },
  gracePeriodSeconds: 30,
  intervalSeconds: 10,
  maxConsecutiveFailures: 3,
  timeoutSeconds: 5,
  delaySeconds: 15,
} as const;

const endpoint = (name: string, hostPort?: number) => ({
  name,
  ...(hostPort === undefined ? {} : { hostPort }),
  protocol: [],
  labels: {},
  networkNames: [],
});

/** `web` is checked at its second port; `side` has a port without a host port before one with. */
const POD = aPod({
  id: ID,
  containers: [
    aPodContainer({ endpoints: [endpoint('admin', 0), endpoint('http', 0)], healthCheck: HEALTH_CHECK }),
    aPodContainer({ name: 'side', endpoints: [endpoint('inner'), endpoint('outer', 0)] }),
  ],
});
const HASH = contentHash(POD);

const instance = (fields: Partial<Instance> = {}): Instance =>
  anInstance({
    id: toInstanceId(ID, UUID),
    runSpec: ID,
    runSpecHash: HASH,
    hostPorts: [31_001, 31_002, 31_003],
    ...fields,
  });

function statusOf(instances: readonly Instance[], fields: Partial<PodStatus> = {}, pod: PodSpec = POD) {
  return presentPodStatus(pod, { instances, specs: new Map([[HASH, POD]]), stopping: false, now: NOW, ...fields });
}

const alive: HealthState = { alive: true, consecutiveFailures: 0, lastSuccess: EPOCH + 5_000 };
const failed: HealthState = { alive: false, consecutiveFailures: 1, lastFailure: EPOCH + 7_000 };
const untold: HealthState = { alive: false, consecutiveFailures: 0 };

const WEB = {
  name: 'web',
  status: 'TASK_RUNNING',
  statusSince: since,
  conditions: [
    {
      name: 'healthy',
      lastChanged: toTimestamp(EPOCH + 5_000),
      lastUpdated: toTimestamp(EPOCH + 5_000),
      value: 'true',
      reason: 'health-reported-by-mesos',
    },
  ],
  containerId: `shop_sidecar.instance-${UUID}.web.1`,
  endpoints: [
    { name: 'admin', allocatedHostPort: 31_001 },
    { name: 'http', allocatedHostPort: 31_002, healthy: true },
  ],
  resources: { cpus: 0.5, mem: 64, disk: 0, gpus: 0 },
  lastUpdated: since,
  lastChanged: since,
};

test('a running pod: every key, in order', () => {
  expect(JSON.stringify(statusOf([instance({ health: [alive] })]), null, 1)).toBe(
    JSON.stringify(
      {
        id: ID,
        spec: renderPod(POD),
        status: 'STABLE',
        statusSince: since,
        instances: [
          {
            id: `shop_sidecar.instance-${UUID}`,
            status: 'STABLE',
            statusSince: since,
            conditions: [],
            agentHostname: 'i-0a1.example.internal',
            agentId: 'i-0a1',
            agentRegion: 'local',
            agentZone: 'local-a',
            resources: { cpus: 1.1, mem: 160, disk: 10, gpus: 0 },
            networks: [{ addresses: ['10.0.1.20'] }],
            containers: [
              WEB,
              {
                name: 'side',
                status: 'TASK_RUNNING',
                statusSince: since,
                conditions: [],
                containerId: `shop_sidecar.instance-${UUID}.side.1`,
                endpoints: [{ name: 'inner' }, { name: 'outer', allocatedHostPort: 31_003 }],
                resources: { cpus: 0.5, mem: 64, disk: 0, gpus: 0 },
                lastUpdated: since,
                lastChanged: since,
              },
            ],
            specReference: `/v2/pods/shop/sidecar::versions/${toTimestamp(EPOCH)}`,
            localVolumes: [],
            lastUpdated: since,
            lastChanged: since,
            role: '*',
          },
        ],
        terminationHistory: [],
        lastUpdated: now,
        lastChanged: since,
      },
      null,
      1,
    ),
  );
});

describe('states', () => {
  test.each<readonly [condition: Condition, status: string, container: string, message: string | undefined]>([
    ['Provisioned', 'PENDING', 'TASK_STAGING', undefined],
    ['Staging', 'STAGING', 'TASK_STAGING', undefined],
    ['Starting', 'STAGING', 'TASK_STARTING', undefined],
    ['Running', 'STABLE', 'TASK_RUNNING', undefined],
    ['Unreachable', 'DEGRADED', 'TASK_UNREACHABLE', 'pod instance has become unreachable'],
    ['UnreachableInactive', 'DEGRADED', 'TASK_UNREACHABLE', 'pod instance has become unreachable'],
    ['Killing', 'TERMINAL', 'TASK_KILLING', undefined],
    ['Failed', 'TERMINAL', 'TASK_FAILED', undefined],
    ['Finished', 'TERMINAL', 'TASK_FINISHED', undefined],
  ])('%s', (condition, status, container, message) => {
    const { instances, status: whole } = statusOf([instance({ condition })]);
    expect(instances[0]).toMatchObject({ status, containers: [{ status: container }, { status: container }] });
    expect(instances[0]?.message).toBe(message);
    expect(whole).toBe(status === 'STABLE' ? 'STABLE' : 'DEGRADED');
  });

  test.each([
    [
      'a result that is bad',
      [failed],
      'DEGRADED',
      'at least one container is not healthy',
      'false',
      'health-reported-by-mesos',
    ],
    ['no result yet', [untold], 'STABLE', undefined, 'false', 'health-unreported-by-mesos'],
    ['no state yet', [], 'STABLE', undefined, 'false', 'health-unreported-by-mesos'],
  ])('health: %s', (_name, health, status, message, value, reason) => {
    const [shown] = statusOf([instance({ health })]).instances;
    expect(shown).toMatchObject({ status, containers: [{ conditions: [{ name: 'healthy', value, reason }] }, {}] });
    expect(shown?.message).toBe(message);
  });

  test('an ended container takes nothing, and tells how it ended', () => {
    const termination = { at: EPOCH + 9_000, message: 'Command exited with status 1', exitCode: 1 };
    const [shown] = statusOf([instance({ condition: 'Failed', termination })]).instances;
    expect(shown?.resources).toEqual({ cpus: 0.1, mem: 32, disk: 10, gpus: 0 });
    expect(shown?.containers[1]).toEqual({
      name: 'side',
      status: 'TASK_FAILED',
      statusSince: since,
      conditions: [],
      endpoints: [{ name: 'inner' }, { name: 'outer', allocatedHostPort: 31_003 }],
      termination: { exitCode: 1, message: 'Command exited with status 1' },
      lastUpdated: since,
      lastChanged: since,
    });
  });

  test('as many stable instances as wanted make a stable pod; none wanted, none needed', () => {
    expect(statusOf([instance()], {}, { ...POD, instances: 2 }).status).toBe('DEGRADED');
    expect(statusOf([], {}, { ...POD, instances: 0 })).toMatchObject({
      status: 'STABLE',
      statusSince: now,
      lastChanged: now,
    });
    expect(statusOf([instance()], { stopping: true }).status).toBe('TERMINAL');
  });

  test('a fresh instance is left out, and why it waits is said', () => {
    const fresh = aScheduledInstance({ id: toInstanceId(ID, 'fresh'), runSpec: ID, runSpecHash: HASH });
    expect(statusOf([fresh])).toMatchObject({
      status: 'DEGRADED',
      instances: [],
      message: 'pods are not served by this version, so the instance waits: use apps',
    });
  });

  test('an instance of a former version is shown by its own definition', () => {
    const old = aPod({ id: ID, role: 'old', containers: [aPodContainer({ name: 'before' })] });
    const hash = contentHash(old);
    const specs = new Map([
      [HASH, POD],
      [hash, old],
    ]);
    const [shown] = statusOf([instance({ runSpecHash: hash, hostPorts: [31_009] })], { specs }).instances;
    expect(shown).toMatchObject({
      role: 'old',
      containers: [{ name: 'before', endpoints: [{ name: 'http', allocatedHostPort: 31_009 }] }],
    });
  });

  test('a named network is named with the addresses; no agent, no addresses', () => {
    const pod = { ...POD, networks: [{ mode: 'container' as const, name: 'n', labels: {} }] };
    const specs = new Map([[HASH, pod]]);
    expect(statusOf([instance()], { specs }, pod).instances[0]?.networks).toEqual([
      { name: 'n', addresses: ['10.0.1.20'] },
    ]);
    const { agent: _agent, ...nowhere } = instance({ condition: 'Failed', goal: 'Stopped' });
    expect(statusOf([nowhere]).instances[0]?.networks).toEqual([]);
  });
});

describe('terminationHistory', () => {
  const lastTaskFailure = {
    runSpec: ID,
    task: toPodTaskId(toInstanceId(ID, UUID), 'web', 1),
    state: 'TASK_FAILED',
    message: 'Command exited with status 1',
    host: 'h',
    at: EPOCH + 9_000,
    version: toTimestamp(EPOCH),
  } as const;

  test('is the last failure of an instance that is still there', () => {
    expect(statusOf([instance()], { lastTaskFailure }).terminationHistory).toEqual([
      {
        instanceID: `shop_sidecar.instance-${UUID}`,
        startedAt: since,
        terminatedAt: toTimestamp(EPOCH + 9_000),
        message: 'Command exited with status 1',
        containers: [{ containerId: `shop_sidecar.instance-${UUID}.web.1`, lastKnownState: 'TASK_FAILED' }],
      },
    ]);
    expect(statusOf([], { lastTaskFailure }).terminationHistory).toEqual([]);
  });
});

test.each([
  ['healthy', [alive], { healthy: true }],
  ['not healthy', [failed], { healthy: false }],
  ['not asked yet', [untold], {}],
])('a killed instance that is %s', (_name, health, expected) => {
  const { state } = presentKilledInstance(POD, instance({ health }));
  expect(state).toEqual({ condition: 'Running', since, activeSince: since, goal: 'Running', ...expected });
});

test('a killed instance that waited has no agent', () => {
  const fresh = aScheduledInstance({ id: toInstanceId(ID, UUID), runSpec: ID });
  expect(presentKilledInstance({ ...POD, unreachableStrategy: 'disabled' }, fresh)).toEqual({
    instanceId: `shop_sidecar.instance-${UUID}`,
    state: { condition: 'Scheduled', since: toTimestamp(EPOCH), goal: 'Running' },
    runSpecVersion: toTimestamp(EPOCH),
    unreachableStrategy: 'disabled',
  });
});
