import { describe, expect, it } from 'vitest';
import { type Store, StoreUnavailable } from '../../../lib/gateways/store.ts';
import { toInstanceId } from '../../../lib/model/ids.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { aConfig } from '../../fixtures/a-config.ts';
import { anInstance, aScheduledInstance } from '../../fixtures/an-instance.ts';
import { aRequest } from './a-request.ts';
import { createTestApi } from './an-api.ts';

const APP = { id: '/g/app', cmd: './serve', cpus: 0.1, mem: 32 };

describe('the small system endpoints', () => {
  it.for([
    { request: { path: '/ping' }, answer: { status: 200, text: 'pong', headers: { 'Content-Type': 'text/plain' } } },
    { request: { path: '/ping', headers: { accept: 'application/json' } }, answer: { status: 200, json: 'pong' } },
    { request: { path: '/ping', headers: { accept: 'image/png' } }, answer: { status: 204 } },
    {
      request: { path: '/v2/leader', headers: { host: 'api.test:8080' } },
      answer: { status: 200, json: { leader: 'api.test:8080' } },
    },
    { request: { path: '/v2/plugins' }, answer: { status: 200, json: { plugins: [] } } },
    ...['GET', 'PUT', 'POST', 'DELETE'].map((method) => ({
      request: { method, path: '/v2/plugins/mine/and/more' },
      answer: { status: 404, json: { message: 'No plugin with this pluginId: mine' } },
    })),
    { request: { path: '/config' }, answer: { status: 200, json: aConfig() } },
    {
      request: { path: '//v2/events', headers: { host: 'api.test:8080' }, query: { event_type: ['a', 'b'] } },
      answer: {
        status: 302,
        headers: { Location: 'http://api.test:8080/marathon/v2/events?event_type=a&event_type=b' },
      },
    },
    {
      request: { method: 'HEAD', path: '/v2/events' },
      answer: { status: 200, headers: { 'Content-Type': 'text/event-stream;charset=utf-8' } },
    },
    {
      request: { method: 'OPTIONS', path: '/v2/events' },
      answer: { status: 200, headers: { Allow: 'GET, HEAD, OPTIONS' } },
    },
  ])('$request.method $request.path', async ({ request, answer }) => {
    const { api } = createTestApi();
    expect(await api(aRequest(request))).toEqual(answer);
  });

  it('tells the origins that may read it', async () => {
    const { api } = createTestApi(aConfig({ allowedOrigins: ['https://a.test', 'https://b.test'] }));
    expect(await api(aRequest({ path: '/v2/info' }))).toMatchObject({
      json: { marathon_config: { access_control_allow_origin: 'https://a.test,https://b.test' } },
    });
  });
});

describe('DELETE /v2/leader', () => {
  const abdicate = { method: 'DELETE', path: '/v2/leader' };

  it('takes the lease from the tick that holds it', async () => {
    const { api, state, clock } = createTestApi();
    await state.coordination.acquireLease('tick-1', clock.now(), clock.now() + 20_000);
    const { fence } = await state.coordination.readLease();
    expect(await api(aRequest(abdicate))).toEqual({ status: 200, json: { message: 'Leadership abdicated' } });
    expect(await state.coordination.readLease()).toMatchObject({ owner: '', until: 0, fence });
    expect(await state.coordination.acquireLease('tick-2', clock.now(), clock.now() + 20_000)).toMatchObject({
      owner: 'tick-2',
      fence: fence + 1,
    });
  });

  it('needs no holder', async () => {
    const { api, store } = createTestApi();
    expect(await api(aRequest(abdicate))).toMatchObject({ status: 200 });
    expect(await store.get({ pk: 'stride#LEASE', sk: '-' })).toBeUndefined();
  });

  it.for(['backup', 'restore'])('refuses %s, which it does not serve', async (name) => {
    const { api } = createTestApi();
    expect(await api(aRequest({ ...abdicate, query: { [name]: 'file:///tmp/x' } }))).toEqual({
      status: 422,
      json: {
        message: `The parameter ${name} is not served: the state is in DynamoDB. Use its backups and point-in-time recovery instead.`,
      },
    });
  });
});

/** `/g/app` with two running instances, one staging, one being killed, one waiting. */
async function withInstances() {
  const test = createTestApi();
  await test.api(aRequest({ method: 'POST', body: { ...APP, instances: 4 } }));
  const runSpec = resolvePathId(APP.id);
  const one = (name: string, fields: Partial<Instance> = {}) =>
    anInstance({ id: toInstanceId(runSpec, name), runSpec, ...fields });
  const instances = [
    one('1'),
    one('2'),
    one('3', { condition: 'Staging' }),
    one('4', { condition: 'Killing', goal: 'Decommissioned' }),
    aScheduledInstance({ id: toInstanceId(runSpec, '5'), runSpec }),
  ];
  for (const instance of instances)
    await test.state.instances.replace(instance, 0, { events: [], dirty: [], wake: false });
  return test;
}

describe('metrics', () => {
  it('count what is there, under Marathon’s names', async () => {
    const { api, clock } = await withInstances();
    await api(aRequest({ path: '/v2/none' }));
    await clock.pass(60_000);
    const { status, json } = await api(aRequest({ path: '/metrics' }));
    expect(status).toBe(200);
    const rates = { m1_rate: expect.any(Number), m5_rate: expect.any(Number), m15_rate: expect.any(Number) };
    const meter = (count: number) => ({ count, ...rates, mean_rate: count / 60, units: 'events/second' });
    const percentiles = ['min', 'mean', 'max', 'p50', 'p75', 'p95', 'p98', 'p99', 'p999', 'stddev'];
    const timer = (count: number) => ({
      count,
      ...rates,
      mean_rate: count / 60,
      ...Object.fromEntries(percentiles.map((name) => [name, expect.any(Number)])),
      duration_units: 'seconds',
      rate_units: 'calls/second',
    });
    expect(json).toEqual({
      version: '4.0.0',
      counters: {},
      gauges: {
        'marathon.apps.active.gauge': { value: 1 },
        'marathon.pods.active.gauge': { value: 0 },
        'marathon.groups.active.gauge': { value: 2 },
        'marathon.deployments.active.gauge': { value: 1 },
        'marathon.instances.running.gauge': { value: 2 },
        'marathon.instances.staged.gauge': { value: 1 },
        'marathon.instances.inflight-kills.gauge': { value: 1 },
        'marathon.http.requests.active.gauge': { value: 1 },
        'marathon.uptime.gauge.seconds': { value: 60 },
      },
      histograms: {},
      meters: {
        'marathon.http.responses.1xx.rate': meter(0),
        'marathon.http.responses.2xx.rate': meter(1),
        'marathon.http.responses.3xx.rate': meter(0),
        'marathon.http.responses.4xx.rate': meter(1),
        'marathon.http.responses.5xx.rate': meter(0),
      },
      timers: {
        'marathon.http.requests.duration.timer.seconds': timer(2),
        'marathon.http.requests.get.duration.timer.seconds': timer(1),
        'marathon.http.requests.post.duration.timer.seconds': timer(1),
        'marathon.http.requests.put.duration.timer.seconds': timer(0),
        'marathon.http.requests.delete.duration.timer.seconds': timer(0),
      },
    });
  });

  it('are there as text for Prometheus', async () => {
    const { api } = await withInstances();
    const headers = { accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1' };
    const answer = await api(aRequest({ path: '/metrics/prometheus', headers }));
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' },
    });
    const lines = (answer.text ?? '').split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '# TYPE marathon_apps_active_gauge gauge',
        'marathon_apps_active_gauge 1',
        'marathon_instances_inflight_kills_gauge 1',
        '# TYPE marathon_http_responses_2xx_rate_total counter',
        'marathon_http_responses_2xx_rate_total 1',
        '# TYPE marathon_http_requests_post_duration_timer_seconds summary',
        'marathon_http_requests_post_duration_timer_seconds_count 1',
      ]),
    );
    for (const line of lines.filter((one) => one !== '' && !one.startsWith('#')))
      expect(line).toMatch(/^[a-z_][a-z0-9_]*(\{quantile="0\.\d+"\})? [0-9.e+-]+$/);
  });
});

describe('logging', () => {
  const set = (body: unknown) => aRequest({ method: 'POST', path: '/logging', body });
  const get = aRequest({ path: '/logging' });
  const DEFAULT = { ROOT: 'INFO', 'stride.api': 'INFO (inherited)' };

  it('shows the levels, and lets them be set for good or for a while', async () => {
    const { api, clock } = createTestApi();
    expect(await api(get)).toEqual({ status: 200, json: DEFAULT });
    expect(await api(set({ level: 'warn', logger: 'ROOT' }))).toEqual({
      status: 200,
      json: { ROOT: 'WARN', 'stride.api': 'WARN (inherited)' },
    });
    const json = { ROOT: 'WARN', 'stride.api': 'DEBUG' };
    expect(await api(set({ level: 'debug', logger: 'stride.api', durationSeconds: 60 }))).toEqual({
      status: 200,
      json,
    });
    expect(await api(get)).toEqual({ status: 200, json });
    await clock.pass(60_000);
    expect(await api(get)).toEqual({ status: 200, json: { ROOT: 'WARN', 'stride.api': 'WARN (inherited)' } });
  });

  it('logs requests in every process while the level is debug', async () => {
    const { api, answerOn, store, clock, infos } = createTestApi();
    const other = answerOn(store);
    await other(get);
    expect(infos).toEqual([]);
    await api(set({ level: 'debug', logger: 'stride.api', durationSeconds: 30 }));
    await clock.pass(10_000);
    await other(aRequest({ path: '/v2/none' }));
    expect(infos.at(-1)).toEqual([
      'request',
      { requestId: 'request-1', method: 'GET', path: '/v2/none', clientIp: '10.0.4.17', status: 404, ms: 0 },
    ]);
    const { length } = infos;
    await clock.pass(30_000);
    await other(get);
    expect(infos).toHaveLength(length);
  });

  it('answers although the levels cannot be read', async () => {
    const { store, answerOn } = createTestApi();
    const silent: Store = { ...store, get: () => Promise.reject(new StoreUnavailable('no answer')) };
    expect(await answerOn(silent)(aRequest({ path: '/ping' }))).toMatchObject({ status: 200 });
  });

  it.for([
    [{ level: 'loud', logger: 'ROOT' }, '/level'],
    [{ level: 'debug', logger: '' }, '/logger'],
    [{ level: 'debug', logger: 'mesosphere' }, '/logger'],
    [{ level: 'debug' }, '/logger'],
    [{ level: 'debug', logger: 'ROOT', durationSeconds: 0 }, '/durationSeconds'],
  ] as const)('refuses %j at %s', async ([body, path]) => {
    const { api } = createTestApi();
    expect(await api(set(body))).toMatchObject({ status: 422, json: { details: [{ path }] } });
    expect(await api(get)).toEqual({ status: 200, json: DEFAULT });
  });
});

describe('artifacts', () => {
  async function upload(method: string, path: string, content: Uint8Array | string, name = 'a.txt') {
    const form = new FormData();
    form.append(
      'file',
      new File([typeof content === 'string' ? content : new Uint8Array(content)], name, { type: 'text/x' }),
    );
    const encoded = new Response(form);
    const binaryBody = new Uint8Array(await encoded.arrayBuffer());
    const headers = { 'content-type': encoded.headers.get('content-type') ?? '' };
    return { ...aRequest({ method, path, headers }), binaryBody };
  }
  const BYTES = new Uint8Array([0, 255, 254, 10]);
  const OCTETS = { accept: 'application/octet-stream' };

  it('are stored, replaced, served and deleted', async () => {
    const { api } = createTestApi();
    const path = '/v2/artifacts/lab/a.txt';
    expect(await api(await upload('PUT', path, 'one'))).toEqual({ status: 201, headers: { Location: path } });
    expect(await api(await upload('PUT', path, 'two ä'))).toEqual({ status: 200 });
    expect(await api(aRequest({ path }))).toEqual({
      status: 200,
      headers: { 'Content-Type': 'text/x' },
      text: 'two ä',
    });
    expect(await api(aRequest({ method: 'DELETE', path }))).toEqual({ status: 200 });
    for (const method of ['GET', 'DELETE']) {
      expect(await api(aRequest({ method, path }))).toEqual({
        status: 404,
        json: { message: 'No artifact with path lab/a.txt' },
      });
    }
  });

  it('have the name of their file when the path has none', async () => {
    const { api } = createTestApi();
    expect(await api(await upload('POST', '/v2/artifacts', 'x', 'b c.txt'))).toEqual({
      status: 201,
      headers: { Location: '/v2/artifacts/b%20c.txt' },
    });
    expect(await api(aRequest({ path: '/v2/artifacts/b%20c.txt' }))).toMatchObject({ status: 200, text: 'x' });
  });

  it('may be bytes, for those who ask for bytes', async () => {
    const { api } = createTestApi();
    const path = '/v2/artifacts/a.bin';
    await api(await upload('POST', path, BYTES));
    const answer = await api(aRequest({ path, headers: OCTETS }));
    expect({ status: answer.status, bytes: [...(answer.binary ?? [])] }).toEqual({ status: 200, bytes: [...BYTES] });
    expect(await api(aRequest({ path, headers: { accept: '*/*' } }))).toEqual({
      status: 406,
      json: { message: 'The artifact a.bin is no text: ask for it with the header Accept: application/octet-stream' },
    });
  });

  it('have a limit', async () => {
    const { api } = createTestApi();
    const path = '/v2/artifacts/a';
    expect(await api(await upload('PUT', path, 'x'.repeat(256_000)))).toMatchObject({ status: 201 });
    expect(await api(await upload('PUT', path, 'x'.repeat(256_001)))).toEqual({
      status: 413,
      json: { message: 'The artifact is larger than the limit of 256000 bytes. Send a smaller one, or split it.' },
    });
  });

  it.for([
    { what: 'another type', headers: { 'content-type': 'application/json' }, body: '{}', status: 415 },
    { what: 'no form', headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: 'junk', status: 422 },
    {
      what: 'a form without a file',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--x--\r\n',
      status: 422,
    },
  ])('are not made of $what', async ({ headers, body, status }) => {
    const { api } = createTestApi();
    const answer = await api(aRequest({ method: 'PUT', path: '/v2/artifacts/a', headers, body }));
    expect(answer.status).toBe(status);
    if (status === 422) expect(answer.json).toEqual({ message: 'The multipart form has no file in its field `file`.' });
    expect(await api(aRequest({ path: '/v2/artifacts/a' }))).toMatchObject({ status: 404 });
  });
});
