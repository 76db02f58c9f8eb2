import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toTimestamp } from '../../lib/model/timestamp.ts';
import { type ControlPlane, createControlPlane } from './control-plane.ts';

const APP = { id: '/shop', cmd: './serve', cpus: 0.1, mem: 16, instances: 2 };

interface Entry {
  readonly id: string;
  readonly outcome: string;
  readonly steps: readonly { readonly waitsFor?: readonly string[]; readonly durationSeconds?: number }[];
}

describe('the history of deployments', () => {
  let plane: ControlPlane;
  beforeEach(() => {
    plane = createControlPlane();
  });
  afterEach(() => expect(plane.errors).toEqual([]));

  const page = async (query = {}) => {
    const { json } = await plane.request('GET', '/stride/v1/deployments', undefined, query);
    return json as { readonly deployments: readonly Entry[]; readonly next?: string };
  };
  const put = async (body: object, query = {}): Promise<string | undefined> => {
    const { headers } = await plane.request('PUT', '/v2/apps/shop', body, query);
    return headers?.['Marathon-Deployment-Id'];
  };

  it('tells of one that succeeded, with its steps and their durations', async () => {
    const begin = plane.clock.now();
    const created = await plane.request('POST', '/v2/apps', APP);
    await plane.clock.pass(60_000);
    const { deployments } = await page();
    expect(deployments).toEqual([
      {
        id: created.headers?.['Marathon-Deployment-Id'],
        version: toTimestamp(begin),
        affected: ['/shop'],
        outcome: 'succeeded',
        started: toTimestamp(begin),
        ended: expect.any(String),
        durationSeconds: expect.any(Number),
        steps: [
          {
            actions: [{ action: 'StartApplication', app: '/shop' }],
            started: expect.any(String),
            ended: expect.any(String),
            durationSeconds: expect.any(Number),
          },
          {
            actions: [{ action: 'ScaleApplication', app: '/shop' }],
            started: expect.any(String),
            ended: expect.any(String),
            durationSeconds: expect.any(Number),
          },
        ],
      },
    ]);
  });

  it('says what one that runs waits for, and how each of the others ended, the newest first', async () => {
    const created = await put(APP);
    await plane.clock.pass(10_000);
    const large = await put({ mem: 500_000 });
    await plane.clock.pass(10_000);
    const [first] = (await page()).deployments;
    expect(first).toMatchObject({ id: large, outcome: 'running', durationSeconds: 10 });
    expect(first?.steps.map(({ waitsFor }) => waitsFor)).toEqual([
      [
        '2 instances of /shop wait for resources: see /stride/v1/explain/shop',
        '2 old instances of /shop are still wanted',
      ],
    ]);
    const forced = await put({ mem: 400_000 }, { force: 'true' });
    await plane.clock.pass(1_000);
    const back = await plane.request('DELETE', `/v2/deployments/${forced}`);
    const backId = back.headers?.['Marathon-Deployment-Id'];
    await plane.clock.pass(1_000);
    await plane.request('DELETE', `/v2/deployments/${backId}`, undefined, { force: 'true' });
    const labels = { STRIDE_DEPLOYMENT_DEADLINE: '5;fail' };
    const late = await put({ mem: 300_000, labels });
    await plane.clock.pass(10_000);
    expect((await page()).deployments).toMatchObject([
      { id: late, outcome: 'failed', durationSeconds: 5, deadline: { seconds: 5, action: 'fail' } },
      { id: backId, outcome: 'cancelled', undoes: forced, reason: 'The upgrade has been cancelled' },
      { id: forced, outcome: 'rolledBack', replacedBy: backId },
      { id: large, outcome: 'superseded', replacedBy: forced },
      { id: created, outcome: 'succeeded' },
    ]);
  });

  it('comes in pages, and goes after thirty days', async () => {
    const ids: (string | undefined)[] = [];
    for (let count = 0; count < 51; count += 1) {
      ids.unshift(await put({ ...APP, instances: 0, labels: { count: String(count) } }, { force: 'true' }));
      await plane.clock.pass(1_000);
    }
    await plane.clock.pass(10_000);
    const first = await page();
    const second = await page({ after: first.next ?? '' });
    expect([...first.deployments, ...second.deployments].map(({ id }) => id)).toEqual(ids);
    expect(second.next).toBeUndefined();
    const items = await plane.store.query('stride#DEPLOYMENTS', { limit: 100 });
    const month = 30 * 24 * 3600;
    const now = plane.clock.now() / 1000;
    for (const { ttl } of items.items) expect(Math.abs(Number(ttl) - now - month)).toBeLessThan(120);
  });
});
