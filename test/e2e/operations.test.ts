import { describe, expect, it, vi } from 'vitest';
import { PATIENCE } from '../setup/patience.ts';
import { type AppView, appOf } from './running-stride.ts';
import { strideForSuite } from './stride-for-suite.ts';

const WAIT = { timeout: PATIENCE, interval: 20 };

interface QueueItem {
  readonly count: number;
  readonly app: { readonly id: string };
  readonly processedOffersSummary: { readonly unusedOffersCount: number };
  readonly lastUnusedOffers: readonly { readonly reason: readonly string[] }[];
}

/** What operators do to a running system, over HTTP, through the local gateway. */
describe('operations', () => {
  const stride = strideForSuite('--agents', '2', '--runtime', 'simulated');

  const settled = (id: string, count: number): Promise<AppView> =>
    vi.waitFor(async () => {
      const app = await appOf(stride, id);
      expect({ running: app.tasksRunning, deployments: app.deployments }).toEqual({ running: count, deployments: [] });
      return app;
    }, WAIT);
  const idsOf = ({ tasks }: AppView) => tasks.map(({ id }) => id).toSorted();

  it('kill a task: another takes its place; and with scale none does', async () => {
    const app = { id: '/kill', cpus: 0.1, mem: 10, instances: 3, cmd: 'sleep 1000' };
    expect(await stride.request('POST', '/v2/apps', app)).toMatchObject({ status: 201 });
    const [first = '', second = '', third = ''] = idsOf(await settled('/kill', 3));

    expect(await stride.request('DELETE', `/v2/apps//kill/tasks/${first}`)).toMatchObject({
      status: 200,
      json: { task: { id: first, state: 'TASK_RUNNING' } },
    });
    await vi.waitFor(async () => {
      const ids = idsOf(await settled('/kill', 3));
      expect(ids).toEqual(expect.arrayContaining([second, third]));
      expect(ids).not.toContain(first);
    }, WAIT);

    expect(await stride.request('POST', '/v2/tasks/delete?scale=True', { ids: [second] })).toMatchObject({
      status: 200,
      json: { deploymentId: expect.any(String) },
    });
    const after = await settled('/kill', 2);
    expect(after.instances).toBe(2);
    expect(idsOf(after)).toContain(third);
    expect(idsOf(after)).not.toContain(second);
  });

  it('see why an app waits, and take the change back that it waits for', async () => {
    const app = { id: '/waits', cpus: 0.1, mem: 10, cmd: 'sleep 1000' };
    await stride.request('POST', '/v2/apps', app);
    await settled('/waits', 1);
    const put = await stride.request('PUT', '/v2/apps/waits', { cpus: 100 });
    const { deploymentId } = put.json as { deploymentId: string };
    await vi.waitFor(async () => {
      const { json } = await stride.request('GET', '/v2/queue?embed=lastUnusedOffers');
      const item = (json as { queue: readonly QueueItem[] }).queue.find((one) => one.app.id === '/waits');
      expect(item).toMatchObject({
        count: 1,
        lastUnusedOffers: [{ reason: ['InsufficientCpus'] }, { reason: ['InsufficientCpus'] }],
      });
    }, WAIT);
    expect(await stride.request('DELETE', '/v2/queue/waits/delay')).toMatchObject({ status: 204 });
    expect(await stride.request('DELETE', `/v2/deployments/${deploymentId}`)).toMatchObject({ status: 200 });
    await settled('/waits', 1);
    expect(await stride.request('GET', '/v2/apps/waits')).toMatchObject({ json: { app: { cpus: 0.1 } } });
    expect(await stride.request('GET', '/v2/queue')).toMatchObject({ json: { queue: [] } });
  });

  it('keep small files, bytes and all', async () => {
    const bytes = new Uint8Array([0, 255, 254, 10]);
    const form = new FormData();
    form.append('file', new File([bytes], 'a.bin'));
    const url = `${stride.url}/v2/artifacts/lab/a.bin`;
    const put = await fetch(url, { method: 'PUT', body: form });
    expect(put.status).toBe(201);
    const got = await fetch(url, { headers: { Accept: 'application/octet-stream' } });
    expect([...new Uint8Array(await got.arrayBuffer())]).toEqual([...bytes]);
    expect((await fetch(url)).status).toBe(406);
  });

  it('get large answers packed, and read the metrics', async () => {
    const info = await fetch(`${stride.url}/v2/info`, { headers: { 'Accept-Encoding': 'gzip' } });
    expect(info.headers.get('content-encoding')).toBe('gzip');
    expect(await info.json()).toMatchObject({ name: 'marathon' });
    const metrics = await fetch(`${stride.url}/metrics/prometheus`);
    expect(metrics.headers.get('content-type')).toContain('text/plain');
    expect(await metrics.text()).toContain('marathon_apps_active_gauge 2\n');
  });

  it('reach the stream behind a base URL that ends in a slash', async () => {
    const abort = new AbortController();
    const response = await fetch(`${stride.url}//v2/events?event_type=none`, {
      headers: { Accept: 'text/event-stream' },
      signal: abort.signal,
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    abort.abort();
  });
});
