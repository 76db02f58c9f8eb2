import { describe, expect, test } from 'vitest';
import {
  type AppStatus,
  presentApp,
  presentNewApp,
  presentTaskFailure,
  presentVersions,
} from '../../../functions/api/presenters/app.ts';
import {
  APP_EMBEDS,
  APP_LIST_EMBEDS,
  type AppEmbed,
  resolveAppEmbeds,
} from '../../../functions/api/presenters/app-embeds.ts';
import type { AgentId, DeploymentId } from '../../../lib/model/ids.ts';
import { toAppTaskId } from '../../../lib/model/ids.ts';
import type { Condition, HealthState } from '../../../lib/model/instance.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import type { TaskFailure } from '../../../lib/model/task-failure.ts';
import { parseTimestamp, type Timestamp, toTimestamp } from '../../../lib/model/timestamp.ts';
import { anApp, EPOCH } from '../../fixtures/an-app.ts';
import { anInstance, aScheduledInstance } from '../../fixtures/an-instance.ts';

const DEPLOYMENT = '5ed4c0c5-9ff8-4a6f-a0cd-f57f59a34b43' as DeploymentId;

function timestamp(text: string): Timestamp {
  const read = parseTimestamp(text);
  if (read === undefined) throw new Error(`not a timestamp: ${text}`);
  return read;
}

const nothing: AppStatus = { instances: [], deployments: [], now: EPOCH };
const embeds = (...names: AppEmbed[]) => new Set(names);

/** JSON as it goes out, so that key order and absent keys count. */
const json = (value: unknown): string => JSON.stringify(value, null, 1);

describe('presentApp', () => {
  test('an app with defaults only: key order and presence of responses.md §2', () => {
    expect(json(presentApp(anApp(), nothing, embeds()))).toBe(
      json({
        id: '/app',
        backoffFactor: 1.15,
        backoffSeconds: 1,
        cmd: 'sleep 100',
        cpus: 1,
        disk: 0,
        executor: '',
        instances: 1,
        labels: {},
        maxLaunchDelaySeconds: 300,
        mem: 128,
        gpus: 0,
        networks: [{ mode: 'host' }],
        portDefinitions: [{ port: 10000, name: 'default', protocol: 'tcp' }],
        requirePorts: false,
        upgradeStrategy: { maximumOverCapacity: 1, minimumHealthCapacity: 1 },
        version: '2021-03-02T08:00:00.000Z',
        versionInfo: { lastScalingAt: '2021-03-02T08:00:00.000Z', lastConfigChangeAt: '2021-03-02T08:00:00.000Z' },
        killSelection: 'YOUNGEST_FIRST',
        unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
        role: '*',
      }),
    );
  });

  test('the example of responses.md §2, on a bridge network', () => {
    const app = anApp({
      id: resolvePathId('/shop/cart'),
      acceptedResourceRoles: ['*'],
      cmd: './serve --port $PORT0',
      constraints: [
        { field: 'hostname', operator: 'UNIQUE' },
        { field: 'zone', operator: 'GROUP_BY', value: '3' },
      ],
      container: {
        type: 'DOCKER',
        docker: { image: 'registry.example/shop/cart:3.2', forcePullImage: false, privileged: false, parameters: [] },
        volumes: [{ kind: 'host', containerPath: '/data', hostPath: '/srv', mode: 'RO' }],
        portMappings: [
          {
            containerPort: 8080,
            hostPort: 0,
            servicePort: 10104,
            protocol: 'tcp',
            name: 'http',
            labels: {},
            networkNames: [],
          },
        ],
      },
      resources: { cpus: 0.25, mem: 256, disk: 0, gpus: 0 },
      dependencies: [resolvePathId('/shop/db')],
      env: { STAGE: 'prod' },
      healthChecks: [
        {
          protocol: 'HTTP',
          path: '/health',
          portIndex: 0,
          gracePeriodSeconds: 30,
          intervalSeconds: 10,
          timeoutSeconds: 5,
          maxConsecutiveFailures: 3,
          delaySeconds: 15,
          ignoreHttp1xx: false,
          ipProtocol: 'IPv4',
        },
      ],
      instances: 2,
      labels: { HAPROXY_GROUP: 'external' },
      networks: [{ mode: 'container/bridge', labels: {} }],
      portDefinitions: [],
      taskKillGracePeriodSeconds: 5,
      upgradeStrategy: { maximumOverCapacity: 0.5, minimumHealthCapacity: 1 },
      user: 'root',
      unreachableStrategy: 'disabled',
    });
    expect(json(presentApp(app, nothing, embeds()))).toBe(
      json({
        id: '/shop/cart',
        acceptedResourceRoles: ['*'],
        backoffFactor: 1.15,
        backoffSeconds: 1,
        cmd: './serve --port $PORT0',
        constraints: [
          ['hostname', 'UNIQUE'],
          ['zone', 'GROUP_BY', '3'],
        ],
        container: {
          type: 'DOCKER',
          docker: { forcePullImage: false, image: 'registry.example/shop/cart:3.2', parameters: [], privileged: false },
          volumes: [{ containerPath: '/data', hostPath: '/srv', mode: 'RO' }],
          portMappings: [
            { containerPort: 8080, hostPort: 0, labels: {}, name: 'http', protocol: 'tcp', servicePort: 10104 },
          ],
        },
        cpus: 0.25,
        dependencies: ['/shop/db'],
        disk: 0,
        env: { STAGE: 'prod' },
        executor: '',
        healthChecks: [
          {
            gracePeriodSeconds: 30,
            ignoreHttp1xx: false,
            intervalSeconds: 10,
            maxConsecutiveFailures: 3,
            path: '/health',
            portIndex: 0,
            protocol: 'HTTP',
            ipProtocol: 'IPv4',
            timeoutSeconds: 5,
            delaySeconds: 15,
          },
        ],
        instances: 2,
        labels: { HAPROXY_GROUP: 'external' },
        maxLaunchDelaySeconds: 300,
        mem: 256,
        gpus: 0,
        networks: [{ mode: 'container/bridge' }],
        requirePorts: false,
        taskKillGracePeriodSeconds: 5,
        upgradeStrategy: { maximumOverCapacity: 0.5, minimumHealthCapacity: 1 },
        user: 'root',
        version: '2021-03-02T08:00:00.000Z',
        versionInfo: { lastScalingAt: '2021-03-02T08:00:00.000Z', lastConfigChangeAt: '2021-03-02T08:00:00.000Z' },
        killSelection: 'YOUNGEST_FIRST',
        unreachableStrategy: 'disabled',
        role: '*',
      }),
    );
  });

  test('args, command check and readiness check', () => {
    const { cmd: _cmd, ...app } = anApp({
      args: ['a', 'b'],
      portDefinitions: [],
      healthChecks: [
        {
          protocol: 'COMMAND',
          command: 'true',
          gracePeriodSeconds: 1,
          intervalSeconds: 2,
          timeoutSeconds: 3,
          maxConsecutiveFailures: 4,
          delaySeconds: 5,
          ipProtocol: 'IPv4',
        },
      ],
      readinessChecks: [
        {
          name: 'ready',
          protocol: 'HTTP',
          path: '/',
          portName: 'http-api',
          intervalSeconds: 30,
          timeoutSeconds: 10,
          httpStatusCodesForReady: [200],
          preserveLastResponse: false,
        },
      ],
    });
    const shown = presentApp(app, nothing, embeds());
    expect(Object.keys(shown).slice(0, 4)).toEqual(['id', 'args', 'backoffFactor', 'backoffSeconds']);
    expect(shown).toMatchObject({
      args: ['a', 'b'],
      portDefinitions: [],
      healthChecks: [
        {
          command: { value: 'true' },
          gracePeriodSeconds: 1,
          intervalSeconds: 2,
          maxConsecutiveFailures: 4,
          protocol: 'COMMAND',
          ipProtocol: 'IPv4',
          timeoutSeconds: 3,
          delaySeconds: 5,
        },
      ],
      readinessChecks: [{ name: 'ready', httpStatusCodesForReady: [200] }],
    });
    expect(shown).not.toHaveProperty('cmd');
  });

  test("each embed adds its keys at the end, in Marathon's order; empty lists are shown, a missing failure is not", () => {
    const all = embeds('taskStats', 'lastTaskFailure', 'tasks', 'readiness', 'deployments', 'counts');
    const shown = presentApp(anApp(), { ...nothing, deployments: [DEPLOYMENT] }, all);
    expect(json(Object.fromEntries(Object.entries(shown).slice(-8)))).toBe(
      json({
        tasksStaged: 0,
        tasksRunning: 0,
        tasksHealthy: 0,
        tasksUnhealthy: 0,
        deployments: [{ id: DEPLOYMENT }],
        readinessCheckResults: [],
        tasks: [],
        taskStats: {},
      }),
    );
  });

  test('tasks are the instances with a task and an agent; readiness is theirs', () => {
    const lastResponse = { status: 503, contentType: 'text/plain', body: 'wait' };
    const running = anInstance({ readiness: [{ name: 'ready', ready: false, lastResponse }] });
    const shown = presentApp(
      anApp(),
      { ...nothing, instances: [running, aScheduledInstance()] },
      embeds('tasks', 'readiness'),
    );
    const taskId = 'app.instance-7d0f2a34-7b30-11eb-9d3a-0242ac110002._app.1';
    expect(shown).toMatchObject({
      readinessCheckResults: [{ name: 'ready', taskId, ready: false, lastResponse }],
      tasks: [{ id: taskId }],
    });
    expect(shown.tasks).toHaveLength(1);
  });
});

describe('counts', () => {
  const healthy: HealthState = { alive: true, consecutiveFailures: 0, lastSuccess: EPOCH };
  const unhealthy: HealthState = { alive: false, consecutiveFailures: 1, lastFailure: EPOCH };
  const unknown: HealthState = { alive: false, consecutiveFailures: 0 };

  /** Staged, running, healthy, unhealthy of one instance (responses.md §2, counting rules). */
  test.each<
    readonly [Condition, readonly HealthState[], staged: number, running: number, healthy: number, ill: number]
  >([
    ['Scheduled', [], 0, 0, 0, 0],
    ['Provisioned', [], 1, 0, 0, 0],
    ['Staging', [], 1, 0, 0, 0],
    ['Starting', [], 0, 0, 0, 0],
    ['Running', [], 0, 1, 0, 0],
    ['Running', [unknown], 0, 1, 0, 0],
    ['Running', [healthy], 0, 1, 1, 0],
    ['Running', [healthy, unhealthy], 0, 1, 0, 1],
    ['Killing', [healthy], 0, 0, 1, 0],
    ['Unreachable', [unhealthy], 0, 0, 0, 1],
    ['Failed', [healthy], 0, 0, 0, 0],
  ])('%s with %j', (condition, health, tasksStaged, tasksRunning, tasksHealthy, tasksUnhealthy) => {
    const instances = [anInstance({ condition, health })];
    expect(presentApp(anApp(), { ...nothing, instances }, embeds('counts'))).toMatchObject({
      tasksStaged,
      tasksRunning,
      tasksHealthy,
      tasksUnhealthy,
    });
  });
});

describe('taskStats', () => {
  const scaled = timestamp('2021-03-02T08:20:00.000Z');
  const app = anApp({
    version: scaled,
    versionInfo: { lastScalingAt: scaled, lastConfigChangeAt: timestamp('2021-03-02T08:10:00.000Z') },
  });
  const started = (version: string, startedAt: number) =>
    anInstance({ runSpecVersion: timestamp(version), startedAt: EPOCH + startedAt * 1000 });

  test('instances by the age of their version', () => {
    const instances = [
      started('2021-03-02T08:00:00.000Z', 0),
      started('2021-03-02T08:10:00.000Z', 90),
      started('2021-03-02T08:20:00.000Z', 99),
      aScheduledInstance(),
    ];
    const shown = presentApp(app, { ...nothing, instances, now: EPOCH + 100_000 }, embeds('taskStats'));
    const counts = (running: number) => ({ staged: 0, running, healthy: 0, unhealthy: 0 });
    expect(shown.taskStats).toEqual({
      startedAfterLastScaling: { stats: { counts: counts(1), lifeTime: { averageSeconds: 1, medianSeconds: 1 } } },
      withLatestConfig: { stats: { counts: counts(2), lifeTime: { averageSeconds: 5.5, medianSeconds: 10 } } },
      withOutdatedConfig: { stats: { counts: counts(1), lifeTime: { averageSeconds: 100, medianSeconds: 100 } } },
      totalSummary: { stats: { counts: counts(3), lifeTime: { averageSeconds: 37, medianSeconds: 10 } } },
    });
  });

  test('no lifetime before the first start', () => {
    const { startedAt: _startedAt, ...staging } = anInstance({ condition: 'Staging' });
    const shown = presentApp(anApp(), { ...nothing, instances: [staging] }, embeds('taskStats'));
    expect(shown.taskStats?.totalSummary).toEqual({
      stats: { counts: { staged: 1, running: 0, healthy: 0, unhealthy: 0 } },
    });
  });
});

describe('lastTaskFailure', () => {
  const failure: TaskFailure = {
    runSpec: resolvePathId('/app'),
    task: toAppTaskId(anInstance().id, 1),
    state: 'TASK_FAILED',
    message: 'Command exited with status 137',
    host: 'ip-10-0-1-20.example.internal',
    agent: 'i-0a1b2c3d4e5f' as AgentId,
    at: EPOCH,
    version: toTimestamp(EPOCH),
  };
  const shown = {
    appId: '/app',
    host: 'ip-10-0-1-20.example.internal',
    message: 'Command exited with status 137',
    state: 'TASK_FAILED',
    taskId: 'app.instance-7d0f2a34-7b30-11eb-9d3a-0242ac110002._app.1',
    timestamp: '2021-03-02T08:00:00.000Z',
    version: '2021-03-02T08:00:00.000Z',
    slaveId: 'i-0a1b2c3d4e5f',
  };

  test('all keys, in order', () => {
    expect(json(presentTaskFailure(failure))).toBe(json(shown));
  });

  test('only with its embed', () => {
    const status = { ...nothing, lastTaskFailure: failure };
    expect(presentApp(anApp(), status, embeds('lastTaskFailure')).lastTaskFailure).toEqual(shown);
    expect(presentApp(anApp(), status, embeds('counts'))).not.toHaveProperty('lastTaskFailure');
  });
});

test('the answer to a POST: service ports not assigned, a version, no versionInfo, counts of zero', () => {
  const { version, versionInfo: _versionInfo, ...definition } = anApp({ portDefinitions: [] });
  const { versionInfo: _shown, ...app } = presentApp(anApp({ portDefinitions: [] }), nothing, embeds());
  expect(json(presentNewApp(definition, version, DEPLOYMENT))).toBe(
    json({
      ...app,
      tasksStaged: 0,
      tasksRunning: 0,
      tasksHealthy: 0,
      tasksUnhealthy: 0,
      deployments: [{ id: DEPLOYMENT }],
    }),
  );
});

test('versions: newest first', () => {
  expect(presentVersions([toTimestamp(1), toTimestamp(3), toTimestamp(2)])).toEqual({
    versions: [toTimestamp(3), toTimestamp(2), toTimestamp(1)],
  });
});

describe('embeds of a request', () => {
  test.each<
    readonly [name: string, always: readonly AppEmbed[], requested: readonly string[], expected: readonly AppEmbed[]]
  >([
    ['none', [], [], []],
    ['the list', APP_LIST_EMBEDS, [], ['counts', 'deployments']],
    ['one app', APP_EMBEDS, [], ['counts', 'tasks', 'lastTaskFailure', 'deployments']],
    [
      'every prefix',
      [],
      ['apps.counts', 'app.readiness', 'group.apps.taskStats', 'lastTaskFailure'],
      ['counts', 'readiness', 'taskStats', 'lastTaskFailure'],
    ],
    ['tasks bring deployments', [], ['apps.tasks'], ['tasks', 'deployments']],
    ['failures', [], ['failures'], ['tasks', 'lastTaskFailure', 'deployments']],
    ['unknown, misspelt, lists', [], ['count', 'foo.tasks', 'tasks,counts', ''], []],
  ])('%s', (_name, always, requested, expected) => {
    expect([...resolveAppEmbeds(always, requested)]).toEqual(expected);
  });
});
