import { describe, expect, it } from 'vitest';
import { toProxyResult } from '../../../functions/api/proxy-event.ts';
import { createStream } from '../../../functions/events/stream/stream.ts';
import { deploymentStepEvent } from '../../../lib/event/events.ts';
import { encodeFrame } from '../../../lib/event/server-sent-events.ts';
import { createMemoryStore } from '../../../lib/gateways/memory-store.ts';
import { toAppTaskId, toInstanceId } from '../../../lib/model/ids.ts';
import { type PathId, resolvePathId } from '../../../lib/model/path-id.ts';
import { connectEventLog } from '../../../lib/state/event-log.ts';
import { aDeploymentPlan } from '../../fixtures/a-deployment-plan.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { anInstance, aScheduledInstance } from '../../fixtures/an-instance.ts';
import { seededIds } from '../../simulation/seeded-ids.ts';
import { createVirtualClock } from '../../simulation/virtual-clock.ts';
import { aRequest } from './a-request.ts';
import { createTestApi } from './an-api.ts';

/*
 * What breaks real clients, whatever else is right: one test for each row of the table in clients.md. Each names the
 * clients that break without it.
 */

const UUID = '7d0f2a34-7b30-11eb-9d3a-0242ac110002';
const APP = resolvePathId('/products/shop');
const POD = resolvePathId('/products/pod');
const INSTANCE = toInstanceId(APP, UUID);
const POD_INSTANCE = toInstanceId(POD, UUID);
const DEFINITION = {
  id: APP,
  cmd: './serve',
  cpus: 0.1,
  mem: 32,
  portDefinitions: [{ port: 0, name: 'http' }],
  healthChecks: [{ protocol: 'HTTP', path: '/' }],
};
const POD_DEFINITION = {
  id: POD,
  containers: [{ name: 'web', exec: { command: { shell: './web' } }, resources: { cpus: 0.1, mem: 32 } }],
};

/** An app with one healthy running instance and one that waits, and a pod with one instance. */
async function aSystem() {
  const test = createTestApi();
  await test.api(aRequest({ method: 'POST', body: { ...DEFINITION, instances: 2 } }));
  await test.api(aRequest({ method: 'POST', path: '/v2/pods', body: POD_DEFINITION }));
  await test.finishAll();
  const health = [{ alive: true, consecutiveFailures: 0, firstSuccess: EPOCH, lastSuccess: EPOCH }];
  const instances = [
    anInstance({ id: INSTANCE, runSpec: APP, health }),
    aScheduledInstance({ id: toInstanceId(APP, UUID.replace('2', '3')), runSpec: APP }),
    anInstance({ id: POD_INSTANCE, runSpec: POD }),
  ];
  for (const instance of instances)
    await test.state.instances.replace(instance, 0, { events: [], dirty: [], wake: false });
  for (const id of [APP, POD]) await test.state.coordination.markDirty({ runSpec: id, mark: 'made' });

  /** Sends what a client sends, and reads the JSON that it gets. */
  async function send(method: string, path: string, body?: unknown, query = {}, headers = {}) {
    const request = aRequest({ method, path, query, headers, body: body ?? '' });
    const response = await test.api(request);
    const { statusCode, headers: sent, body: text } = toProxyResult(request, response, []);
    return { status: statusCode, headers: sent ?? {}, text, json: text === '' ? undefined : JSON.parse(text) };
  }
  return { ...test, send };
}

type System = Awaited<ReturnType<typeof aSystem>>;

const read = async ({ send }: System, path: string, query = {}): Promise<unknown> => {
  const { status, json } = await send('GET', path, undefined, query);
  expect(status).toBe(200);
  return json;
};

/** Keys of an object, all of which a client must know. */
const expectKnown = (value: unknown, known: string): void => {
  const words = new Set(known.split(' '));
  expect(Object.keys(value as object).filter((key) => !words.has(key))).toEqual([]);
};

/** Keys that marathon-python's models know; another one is a TypeError (clients.md). */
const PYTHON = {
  app: 'acceptedResourceRoles args backoffFactor backoffSeconds cmd constraints container cpus dependencies deployments disk env executor healthChecks id role instances killSelection labels lastTaskFailure maxLaunchDelaySeconds mem ports requirePorts storeUrls taskRateLimit tasks tasksRunning tasksStaged tasksHealthy taskKillGracePeriodSeconds tasksUnhealthy upgradeStrategy unreachableStrategy uris user version versionInfo ipAddress fetch taskStats readinessChecks readinessCheckResults secrets portDefinitions residency gpus networks',
  task: 'appId healthCheckResults host id ports servicePorts slaveId stagedAt startedAt version ipAddresses state localVolumes region zone role',
  health: 'alive consecutiveFailures firstSuccess lastFailure lastSuccess taskId lastFailureCause instanceId',
  deployment: 'affectedApps affectedPods currentActions currentStep id steps totalSteps version',
  action: 'action app apps type readinessCheckResults pod',
  group: 'apps dependencies groups id pods version enforceRole',
  info: 'eventSubscriber frameworkId http_config leader marathon_config name version elected zookeeper_config buildref',
};

interface App {
  readonly tasks: readonly { readonly healthCheckResults: readonly object[] }[];
}

describe('1: marathon-python, marathon-consul: doubled slashes', () => {
  it.for([
    ['GET', `/v2/apps/${APP}`, undefined],
    ['PUT', `/v2/apps/${APP}`, { instances: 3 }],
    ['GET', `/v2/apps/${APP}/tasks`, undefined],
    ['GET', `/v2/apps/${APP}/versions`, undefined],
    ['DELETE', `/v2/apps/${APP}/tasks`, undefined],
    ['POST', `/v2/apps/${APP}/restart`, {}],
    ['DELETE', `/v2/apps/${APP}`, undefined],
  ] as const)('%s %s', async ([method, path, body]) => {
    const { send } = await aSystem();
    expect(await send(method, path, body)).toMatchObject({ status: 200 });
  });
});

describe('2: marathon-python: booleans with a capital', () => {
  it('force=False meets the lock, force=True breaks it', async () => {
    const { send } = await aSystem();
    await send('PUT', `/v2/apps${APP}`, { cmd: 'new' }, { force: 'False' });
    expect(await send('PUT', `/v2/apps${APP}`, { cmd: 'newer' }, { force: 'False' })).toMatchObject({ status: 409 });
    expect(await send('PUT', `/v2/apps${APP}`, { cmd: 'newer' }, { force: 'True' })).toMatchObject({ status: 200 });
  });

  it('scale=False&wipe=False kills, scale=True scales', async () => {
    const { send } = await aSystem();
    const path = `/v2/apps${APP}/tasks`;
    expect(await send('DELETE', path, undefined, { scale: 'False', wipe: 'False' })).toMatchObject({
      json: { tasks: [{ appId: APP }] },
    });
    expect(await send('DELETE', path, undefined, { scale: 'True', wipe: 'False' })).toMatchObject({
      json: { deploymentId: expect.any(String) },
    });
  });
});

describe('3: marathon-python: unknown keys', () => {
  it('are in no app, task and health result', async () => {
    const system = await aSystem();
    const query = {
      embed: ['app.tasks', 'app.counts', 'app.deployments', 'app.readiness', 'app.failures', 'app.taskStats'],
    };
    const { app } = (await read(system, `/v2/apps${APP}`, query)) as { app: App };
    expectKnown(app, PYTHON.app);
    const [task] = app.tasks;
    expectKnown(task, PYTHON.task);
    expect(task?.healthCheckResults).toHaveLength(1);
    for (const result of task?.healthCheckResults ?? []) expectKnown(result, PYTHON.health);
  });

  it('are in no deployment, action, group and info', async () => {
    const system = await aSystem();
    await system.send('PUT', `/v2/apps${APP}`, { cmd: 'new' });
    const [deployment] = (await read(system, '/v2/deployments')) as readonly {
      steps: readonly { actions: object[] }[];
    }[];
    expectKnown(deployment, PYTHON.deployment);
    for (const action of deployment?.steps.flatMap(({ actions }) => actions) ?? []) expectKnown(action, PYTHON.action);
    expectKnown(await read(system, '/v2/groups'), PYTHON.group);
    expectKnown(await read(system, '/v2/info'), PYTHON.info);
  });
});

describe('4: marathon-python: plans in events', () => {
  it('are light, as Marathon 1.11’s: whoever wants its typed stream asks for other types', () => {
    const event = deploymentStepEvent('deployment_info', aDeploymentPlan(), { actions: [] }, EPOCH);
    expect(Object.keys(event['plan'] as object)).toEqual(['id', 'steps', 'version']);
  });
});

describe('5: marathon-python: the queue', () => {
  it('has the role, as Marathon 1.9 and later', async () => {
    const { queue } = (await read(await aSystem(), '/v2/queue')) as { queue: readonly object[] };
    expect(queue[0]).toMatchObject({ role: '*', app: { id: APP } });
  });
});

describe('6: marathon-lb: frames', () => {
  it('have one line of data, with a blank after the colon', () => {
    const event = { eventType: 'x', timestamp: '2021-03-02T08:00:00.000Z', text: 'two\nlines' };
    const frame = encodeFrame({ number: 1, id: 'a', event: event as never });
    const data = frame.split('\r\n').filter((line) => line.startsWith('data:'));
    expect(data).toHaveLength(1);
    expect(JSON.parse(data[0]?.slice('data: '.length) ?? '')).toEqual(event);
  });
});

describe('7, 8: EventSource, go-marathon, marathon-lb: a silent stream', () => {
  it('is alive within ten seconds although every event is filtered out', async () => {
    const clock = createVirtualClock();
    const stream = createStream({ eventLog: connectEventLog(createMemoryStore(), 'stride'), clock, ids: seededIds() });
    const end = new AbortController();
    const frames = stream(
      { eventTypes: new Set(['none']), lastEventId: undefined, remoteAddress: '10.0.0.9' },
      end.signal,
    );
    const got: string[] = [];
    const done = (async () => {
      for await (const frame of frames) got.push(frame);
    })();
    await clock.pass(10_500);
    expect(got).toEqual(['\r\n']);
    end.abort();
    await clock.pass(1_000);
    await done;
  });
});

describe('9: go-marathon: a GET with a body', () => {
  it.for(['/v2/groups', '/v2/groups/products', '/v2/apps', `/v2/apps${APP}`])('%s', async (path) => {
    const { send } = await aSystem();
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    expect(await send('GET', path, '""', {}, headers)).toMatchObject({ status: 200 });
  });
});

describe('10: go-marathon, dcos, shakedown: a DELETE with a body', () => {
  it('kills the instances of a pod that it lists', async () => {
    const { send, state } = await aSystem();
    const answer = await send(
      'DELETE',
      `/v2/pods${POD}::instances`,
      [POD_INSTANCE],
      {},
      { 'content-type': 'application/json' },
    );
    expect(answer).toMatchObject({ status: 200, json: [{ instanceId: POD_INSTANCE }] });
    const [killed] = await state.instances.list(POD);
    expect(killed?.value.goal).toBe('Decommissioned');
  });
});

describe('11: go-marathon, dcos, system tests: each deployment in a header', () => {
  const GROUP = { id: '/g', apps: [{ id: 'a', cmd: './x' }] };
  it.for<readonly [string, string, unknown, object, number]>([
    ['POST', '/v2/apps', { id: '/new', cmd: './x' }, {}, 201],
    ['PUT', '/v2/apps', [{ id: APP, cmd: './x' }], {}, 200],
    ['PATCH', '/v2/apps', [{ id: APP, cmd: './x' }], {}, 200],
    ['PUT', `/v2/apps${APP}`, { cmd: './x' }, {}, 200],
    ['PATCH', `/v2/apps${APP}`, { cmd: './x' }, {}, 200],
    ['POST', `/v2/apps${APP}/restart`, '', {}, 200],
    ['DELETE', `/v2/apps${APP}`, '', {}, 200],
    ['DELETE', `/v2/apps${APP}/tasks`, '', { scale: 'true' }, 200],
    ['DELETE', `/v2/apps${APP}/tasks/${toAppTaskId(INSTANCE, 1)}`, '', { scale: 'true' }, 200],
    ['POST', '/v2/tasks/delete', { ids: [toAppTaskId(INSTANCE, 1)] }, { scale: 'true' }, 200],
    ['POST', '/v2/groups', GROUP, {}, 201],
    ['PUT', '/v2/groups', GROUP, {}, 200],
    ['DELETE', '/v2/groups/products', '', {}, 200],
    ['POST', '/v2/pods', { ...POD_DEFINITION, id: '/new' }, {}, 201],
    ['PUT', `/v2/pods${POD}`, POD_DEFINITION, {}, 200],
    ['DELETE', `/v2/pods${POD}`, '', {}, 202],
  ])('%s %s', async ([method, path, body, query, status]) => {
    const { send } = await aSystem();
    const answer = await send(method, path, body, query);
    expect(answer).toMatchObject({
      status,
      headers: { 'Marathon-Deployment-Id': expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    const { json } = answer;
    if (json !== undefined && 'deploymentId' in json)
      expect(json.deploymentId).toBe(answer.headers['Marathon-Deployment-Id']);
  });
});

describe('12: go-marathon, marathon-ui: the two conflicts', () => {
  it('tell a lock from an id in use by `deployments`', async () => {
    const { send } = await aSystem();
    expect(await send('POST', '/v2/apps', DEFINITION)).toMatchObject({
      status: 409,
      json: { message: `An app with id [${APP}] already exists.` },
    });
    expect((await send('POST', '/v2/apps', DEFINITION)).json).not.toHaveProperty('deployments');
    const put = await send('PUT', `/v2/apps${APP}`, { cmd: 'new' });
    const holder = put.headers['Marathon-Deployment-Id'];
    for (const [method, path, query] of [
      ['PUT', `/v2/apps${APP}`, {}],
      ['DELETE', `/v2/apps${APP}`, { force: 'false' }],
      ['POST', `/v2/apps${APP}/restart`, {}],
    ] as const) {
      expect(await send(method, path, { cmd: 'newer' }, query)).toMatchObject({
        status: 409,
        json: { message: expect.stringContaining('locked'), deployments: [{ id: holder }] },
      });
    }
  });
});

describe('13: go-marathon: a client’s mistake is no 5xx, which it takes for a dead host', () => {
  const DEEP = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
  const BODIES = [
    '',
    '{',
    'null',
    '[]',
    '7',
    '"text"',
    '{"id":7}',
    '{"__proto__":{}}',
    DEEP,
    `{"id":"/x","cpus":1e999}`,
  ];
  const WRITES = [
    ['POST', '/v2/apps'],
    ['PUT', '/v2/apps'],
    ['PATCH', '/v2/apps'],
    ['PUT', `/v2/apps${APP}`],
    ['PATCH', `/v2/apps${APP}`],
    ['POST', '/v2/tasks/delete'],
    ['POST', '/v2/groups'],
    ['PUT', '/v2/groups/g'],
    ['PATCH', '/v2/groups/products'],
    ['POST', '/v2/pods'],
    ['PUT', `/v2/pods${POD}`],
    ['DELETE', `/v2/pods${POD}::instances`],
    ['POST', '/logging'],
    ['PUT', '/v2/artifacts/x'],
  ] as const;
  it.for(WRITES)('%s %s with bad bodies', async ([method, path]) => {
    const { send } = await aSystem();
    for (const body of BODIES) {
      const { status, json } = await send(method, path, body);
      expect({ body: body.slice(0, 30), isClientError: status < 500 }).toEqual({
        body: body.slice(0, 30),
        isClientError: true,
      });
      if (status >= 400) expect(json).toMatchObject({ message: expect.any(String) });
    }
  });

  it.for(['/v2/unknown', '/v1/apps', '/v2/apps/%', '/nothing', '/v2/apps/UPPER', '/v2/apps/a_b', '/v2/queue/x'])(
    'GET %s is a 404',
    async (path) => {
      const { send } = await aSystem();
      expect(await send('GET', path)).toMatchObject({ status: 404, json: { message: expect.any(String) } });
    },
  );
});

describe('14: go-marathon, Terraform, Traefik, dcos: numbers', () => {
  it('are numbers wherever Go has them', async () => {
    const system = await aSystem();
    await system.send('PUT', `/v2/apps${APP}`, { cmd: 'new' });
    const number = expect.any(Number);
    expect(await read(system, `/v2/apps${APP}`)).toMatchObject({
      app: {
        instances: number,
        cpus: number,
        tasksRunning: number,
        tasksStaged: number,
        tasksHealthy: number,
        tasksUnhealthy: number,
        portDefinitions: [{ port: number }],
        tasks: [{ ports: [number], servicePorts: [] }],
        deployments: [{ id: expect.any(String) }],
      },
    });
    expect(await read(system, '/v2/queue')).toMatchObject({
      queue: [{ count: number, delay: { timeLeftSeconds: number } }],
    });
    expect(await read(system, '/v2/deployments')).toMatchObject([{ currentStep: number, totalSteps: number }]);
    expect(await read(system, '/v2/info')).toMatchObject({ http_config: { http_port: number } });
    const { app } = (await read(system, `/v2/apps${APP}`)) as { app: { deployments: readonly object[] } };
    for (const deployment of app.deployments) expect(Object.values(deployment)).toEqual([expect.any(String)]);
  });
});

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('15: go-marathon: instances of pods', () => {
  it('have a list of attributes and times that it can read', async () => {
    const { send } = await aSystem();
    const { json } = await send('DELETE', `/v2/pods${POD}::instances/${POD_INSTANCE}`);
    expect(json).toMatchObject({
      agentInfo: { attributes: [] },
      runSpecVersion: expect.stringMatching(RFC3339),
      state: { since: expect.stringMatching(RFC3339) },
    });
  });
});

describe('16: go-marathon, dcos, system tests: where pods’ suffixes are', () => {
  it.for<readonly [string, unknown]>([
    ['/v2/pods/::status', [expect.objectContaining({ id: POD })]],
    [`/v2/pods${POD}::status`, expect.objectContaining({ id: POD })],
    [`/v2/pods/${POD}::status`, expect.objectContaining({ id: POD })],
    [`/v2/pods${POD}/::status`, expect.objectContaining({ id: POD })],
    [`/v2/pods${POD}%3A%3Astatus`, expect.objectContaining({ id: POD })],
    [`/v2/pods${POD}::versions`, [expect.stringMatching(RFC3339)]],
    [`/v2/pods${POD}/::versions`, [expect.stringMatching(RFC3339)]],
  ])('%s', async ([path, expected]) => {
    expect(await read(await aSystem(), path)).toEqual(expected);
  });
});

describe('17: marathon-lb: keys that it takes for granted', () => {
  it('are there without being given', async () => {
    const { apps } = (await read(await aSystem(), '/v2/apps', { embed: 'apps.tasks' })) as { apps: readonly object[] };
    expect(apps).toMatchObject([
      {
        labels: {},
        healthChecks: [
          {
            protocol: 'HTTP',
            timeoutSeconds: 20,
            intervalSeconds: 60,
            gracePeriodSeconds: 300,
            maxConsecutiveFailures: 3,
          },
        ],
        tasks: [{ host: expect.any(String), state: 'TASK_RUNNING', healthCheckResults: [{ alive: true }] }],
      },
    ]);
  });
});

describe('18: marathon-python: times', () => {
  /** Every text in a value that begins like a time. */
  const timesIn = (value: unknown): readonly string[] => {
    if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT/.test(value) ? [value] : [];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(timesIn) : [];
  };
  it.for([
    '/v2/apps',
    '/v2/tasks',
    '/v2/deployments',
    '/v2/queue',
    '/v2/groups',
    '/v2/pods/::status',
    `/v2/apps${APP}/versions`,
  ])('in %s are UTC with three digits', async (path) => {
    const system = await aSystem();
    await system.send('PUT', `/v2/apps${APP}`, { cmd: 'new' });
    const times = timesIn(await read(system, path));
    expect(times.length).toBeGreaterThan(0);
    for (const time of times) expect(time).toMatch(RFC3339);
  });
});

describe('19: go-marathon, marathon-consul: an app id cut out of a task id', () => {
  it('is wrong with ids of 1.11, and not found, as in Marathon', async () => {
    const { send } = await aSystem();
    const task = toAppTaskId(INSTANCE, 1);
    const cut = `/${task.slice(0, task.lastIndexOf('.')).replaceAll('_', '/')}` as PathId;
    expect(await send('DELETE', `/v2/apps${cut}/tasks/${task}`)).toMatchObject({ status: 404 });
  });
});

describe('20: marathon-consul: the leader', () => {
  it('is the address that it was told', async () => {
    const { send } = await aSystem();
    const headers = { host: 'marathon.test:8080' };
    expect((await send('GET', '/v2/leader', undefined, {}, headers)).json).toEqual({ leader: 'marathon.test:8080' });
  });
});

describe('21: go-marathon’s old transport: callbacks', () => {
  it.for(['GET', 'POST', 'DELETE'])('%s /v2/eventSubscriptions is gone, as in 1.11', async (method) => {
    const { send } = await aSystem();
    expect(await send(method, '/v2/eventSubscriptions')).toMatchObject({ status: 404 });
  });
});
