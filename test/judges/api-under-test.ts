import type { APIGatewayProxyEvent } from 'aws-lambda';
import { createApi } from '../../functions/api/api.ts';
import { toApiRequest, toProxyResult } from '../../functions/api/proxy-event.ts';
import { toAppTaskId } from '../../lib/model/ids.ts';
import { resolvePathId } from '../../lib/model/path-id.ts';
import { startRestApi } from '../../localstack/api-gateway/rest-api.ts';
import { aConfig } from '../fixtures/a-config.ts';
import { createControlPlane } from '../simulation/control-plane.ts';
import { seededIds } from '../simulation/seeded-ids.ts';

/** Deployments that may stay: some, so that locks are met, and far below the limit of 100. */
const KEPT_DEPLOYMENTS = 8;
/** How far time goes on while an answer waits for it, ms: writers that lost a race pause. */
const STEP = 50;

const docker = (image: string) => ({ type: 'DOCKER', docker: { image } });

/** Two apps that run, one that fits on no agent, a pod and a group, by the path and the body that make them. */
const SEEDS: readonly (readonly [path: string, id: string, body: object])[] = [
  [
    '/v2/apps',
    '/cart',
    {
      instances: 2,
      container: { ...docker('registry.example/cart:1'), portMappings: [{ containerPort: 8080 }] },
      networks: [{ mode: 'container/bridge' }],
      healthChecks: [{ protocol: 'MESOS_HTTP', path: '/health' }],
      env: { STAGE: 'prod' },
    },
  ],
  ['/v2/apps', '/sleeper', { cmd: 'sleep 100', instances: 2 }],
  ['/v2/apps', '/waiter', { cmd: 'sleep 100', cpus: 1_000 }],
  [
    '/v2/pods',
    '/sidecar',
    { containers: [{ name: 'web', exec: { command: { shell: './web' } }, resources: { cpus: 0.1, mem: 32 } }] },
  ],
  ['/v2/groups', '/shop', { apps: [{ id: 'db', cmd: './db' }] }],
];

/** A server whose answers depend on the requests alone. */
export interface ApiUnderTest {
  readonly url: string;
  /** What is there by kind: values that are worth asking for. */
  readonly known: ReadonlyMap<string, readonly string[]>;
  /** What the API logged as faults of ours. */
  readonly errors: readonly string[];
  stop(): Promise<void>;
}

/**
 * The real API behind the local API Gateway, on a table in memory in which a simulated cluster has run the seeds. Time
 * stands still, and with it the scheduler: whatever is asked for is stored, however large. What is deleted of the seeds
 * comes back, so that later requests meet it.
 */
export async function startApiUnderTest(): Promise<ApiUnderTest> {
  const plane = createControlPlane();
  const { state, clock } = plane;
  const errors: string[] = [];
  const log = {
    info: () => undefined,
    error: (message: string, error: unknown) => {
      const { cause } = error instanceof Error ? error : { cause: error };
      errors.push(`${message} ${cause instanceof Error ? cause.stack : String(cause ?? error)}`);
    },
  };
  const config = aConfig({ region: 'local' });
  const api = createApi({ state, clock, ids: seededIds(), config, log });

  async function seed(): Promise<void> {
    for (const [path, id, body] of SEEDS) {
      if ((await plane.request('GET', `${path}${id}`)).status === 404) {
        await plane.request('POST', path, { id, ...body }, { force: 'true' });
      }
    }
  }

  async function finishDeployments(): Promise<void> {
    const { value, rev } = await state.definitions.readRoot();
    if (Object.keys(value.running).length <= KEPT_DEPLOYMENTS) return;
    await state.definitions.swapRoot({ ...value, running: {} }, rev, { events: [], dirty: [], wake: false });
  }

  async function answer(event: APIGatewayProxyEvent): Promise<string> {
    const request = toApiRequest(event);
    const open = { waits: true };
    const answered = api(request).finally(() => {
      open.waits = false;
    });
    await new Promise(setImmediate);
    while (open.waits) await clock.pass(STEP);
    const response = await answered;
    if (request.method !== 'GET' && response.status < 300) {
      await finishDeployments();
      await seed();
    }
    return JSON.stringify(toProxyResult(request, response, config.allowedOrigins));
  }

  await seed();
  await clock.pass(60_000);

  const [{ value: root }, listed] = await Promise.all([
    state.definitions.readRoot(),
    Promise.all(SEEDS.map(([, id]) => state.instances.list(resolvePathId(id)))),
  ]);
  const instances = listed.flat().map(({ value }) => value);
  const known = new Map([
    ['tasks', instances.map(({ id, incarnation }) => toAppTaskId(id, incarnation))],
    ['instances', instances.map(({ id }) => id)],
    ['versions', root.recent.map(({ version }) => version)],
    ['deployments', Object.keys(root.running)],
  ]);

  const toApi = { functionName: 'Api', timeoutMs: 29_000, streaming: false };
  const server = await startRestApi({
    port: 0,
    api: {
      id: 'judged',
      stage: 'marathon',
      binaryMediaTypes: ['application/octet-stream', 'multipart/form-data'],
      gatewayResponses: [],
      routes: [
        { resourceId: 'root', resourcePath: '/', methods: { ANY: toApi } },
        { resourceId: 'proxy', resourcePath: '/{proxy+}', methods: { ANY: toApi } },
      ],
    },
    lambda: {
      // The gateway makes these events (test/localstack/api-gateway).
      invoke: async (_name, event) => ({ ok: true, result: await answer(event as APIGatewayProxyEvent) }),
      invokeStreaming: () => Promise.reject(new Error('nothing streams here')),
      prewarm: async () => [],
      stop: async () => undefined,
    },
  });
  return { url: server.url, known, errors, stop: server.stop };
}
