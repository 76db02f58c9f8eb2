import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ControlPlane, createControlPlane } from './control-plane.ts';

const APP = { id: '/app', cmd: 'sleep 100', mem: 10, portDefinitions: [] };

interface Step {
  readonly reason: string;
  readonly declined: number;
  readonly processed: number;
}
interface Item {
  readonly count: number;
  readonly role: string;
  readonly since: string;
  readonly delay: { readonly timeLeftSeconds: number; readonly overdue: boolean };
  readonly app: { readonly id: string };
  readonly processedOffersSummary: {
    readonly processedOffersCount: number;
    readonly unusedOffersCount: number;
    readonly lastUnusedOfferAt?: string;
    readonly lastUsedOfferAt?: string;
    readonly rejectSummaryLastOffers: readonly Step[];
    readonly rejectSummaryLaunchAttempt: readonly Step[];
  };
  readonly lastUnusedOffers?: readonly { readonly offer: object; readonly reason: readonly string[] }[];
}

async function queueOf(plane: ControlPlane, query = {}): Promise<readonly Item[]> {
  const { status, json } = await plane.request('GET', '/v2/queue', undefined, query);
  expect(status).toBe(200);
  return (json as { queue: readonly Item[] }).queue;
}

const declined = (steps: readonly Step[] = []): unknown =>
  Object.fromEntries(steps.filter((step) => step.declined > 0).map((step) => [step.reason, step.declined]));

describe('GET /v2/queue, filled by the tick', () => {
  let plane: ControlPlane;
  let begin: number;
  beforeEach(() => {
    plane = createControlPlane({ agents: 3 });
    begin = plane.clock.now();
  });
  afterEach(() => expect(plane.errors).toEqual([]));

  it('is empty when nothing waits', async () => {
    await plane.request('POST', '/v2/apps', { ...APP, cpus: 0.1 });
    await plane.clock.pass(2_000);
    expect(await queueOf(plane)).toEqual([]);
    expect(await plane.state.offers.list()).toEqual(new Map());
    expect(await plane.request('DELETE', '/v2/queue/app/delay')).toMatchObject({
      status: 404,
      json: { message: 'Application /app not found in tasks queue.' },
    });
  });

  it('says which agents refused, and why', async () => {
    await plane.request('POST', '/v2/apps', { ...APP, cpus: 4, instances: 5, constraints: [['hostname', 'UNIQUE']] });
    await plane.clock.pass(2_000);
    const [item, ...others] = await queueOf(plane);
    expect(others).toEqual([]);
    expect(item).toMatchObject({
      count: 2,
      role: '*',
      delay: { timeLeftSeconds: 0, overdue: true },
      since: expect.stringMatching(/^2021-03-02T08:00:00\.\d{3}Z$/),
      app: { id: '/app', instances: 5 },
      processedOffersSummary: { lastUnusedOfferAt: expect.any(String), lastUsedOfferAt: expect.any(String) },
    });
    expect(item).not.toHaveProperty('lastUnusedOffers');
    const summary = item?.processedOffersSummary;
    expect(declined(summary?.rejectSummaryLastOffers)).toEqual({ UnfulfilledConstraint: 3 });
    expect(summary?.rejectSummaryLastOffers[0]).toMatchObject({ reason: 'UnfulfilledRole', processed: 3 });
    expect(summary?.rejectSummaryLaunchAttempt[0]?.processed).toBe(summary?.processedOffersCount);
    expect((summary?.processedOffersCount ?? 0) - (summary?.unusedOffersCount ?? 0)).toBe(3);
  });

  it('shows what each agent has left, when asked', async () => {
    await plane.request('POST', '/v2/apps', {
      ...APP,
      id: '/small',
      cpus: 1,
      portDefinitions: [{ port: 0 }],
      instances: 3,
      constraints: [['hostname', 'UNIQUE']],
    });
    await plane.clock.pass(2_000);
    await plane.request('POST', '/v2/apps', { ...APP, cpus: 3.5 });
    await plane.clock.pass(2_000);
    const [item] = await queueOf(plane, { embed: 'lastUnusedOffers' });
    expect(item?.lastUnusedOffers).toHaveLength(3);
    for (const offer of item?.lastUnusedOffers ?? []) {
      expect(offer).toEqual({
        offer: {
          id: expect.any(String),
          hostname: expect.any(String),
          agentId: expect.any(String),
          resources: [
            { name: 'cpus', role: '*', scalar: 3 },
            { name: 'mem', role: '*', scalar: 8182 },
            { name: 'disk', role: '*', scalar: 20_480 },
            { name: 'gpus', role: '*', scalar: 0 },
            { name: 'ports', role: '*', ranges: expect.any(Array) },
          ],
          attributes: expect.any(Array),
        },
        reason: ['InsufficientCpus'],
        timestamp: expect.any(String),
      });
    }
  });

  it('forgets what an attempt met with once everything runs', async () => {
    await plane.request('POST', '/v2/apps', { ...APP, cpus: 3, instances: 4 });
    await plane.clock.pass(2_000);
    expect((await queueOf(plane)).map(({ count }) => count)).toEqual([1]);
    expect([...(await plane.state.offers.list()).keys()]).toEqual(['/app']);
    await plane.request('PUT', '/v2/apps/app', { cpus: 0.5 }, { force: 'true' });
    await plane.clock.pass(10_000);
    expect(await queueOf(plane)).toEqual([]);
    expect(await plane.state.offers.list()).toEqual(new Map());
  });

  it('ends a delay on request: the next launch comes at once', async () => {
    await plane.request('POST', '/v2/apps', { ...APP, cpus: 0.1, backoffSeconds: 100 });
    await plane.clock.pass(2_000);
    const [victim] = plane.cluster.running();
    if (victim === undefined) throw new Error('nothing runs');
    plane.cluster.exit(victim.sighting.arn, 1);
    await plane.clock.pass(5_000);
    expect(plane.cluster.running()).toEqual([]);
    const [item] = await queueOf(plane);
    expect(item).toMatchObject({ count: 1, delay: { timeLeftSeconds: 95, overdue: false } });
    expect(await plane.request('DELETE', '/v2/queue//app/delay')).toEqual({ status: 204 });
    await plane.clock.pass(2_000);
    expect(plane.cluster.running()).toHaveLength(1);
    expect(await queueOf(plane)).toEqual([]);
  });

  it('launches when the delay is over, though the tick that knew of it ends before', async () => {
    const { clock, cluster } = plane;
    const crash = async (id: string): Promise<void> => {
      const victim = cluster.running().find(({ request }) => request.container.environment['MARATHON_APP_ID'] === id);
      if (victim === undefined) throw new Error(`${id} does not run`);
      cluster.exit(victim.sighting.arn, 1);
      await clock.pass(1_000);
    };
    const backoff = { backoffFactor: 1, maxLaunchDelaySeconds: 50 };
    await plane.request('POST', '/v2/apps', { ...APP, ...backoff, id: '/small', cpus: 0.1, backoffSeconds: 45 });
    await plane.request('POST', '/v2/apps', { ...APP, ...backoff, id: '/large', cpus: 1, backoffSeconds: 50 });
    await clock.pass(20_000);
    await crash('/small');
    await crash('/large');
    await plane.request('POST', '/v2/apps', { ...APP, id: '/filler', cpus: 3.8, instances: 3 });
    // The tick waits for both over the first minute's timer. The small one fails again; then there is no room for the
    // large one, so nothing happens that would wake another tick before the second minute's.
    await clock.pass(45_000);
    await crash('/small');
    await clock.pass(46_000);
    expect(clock.now() - begin).toBeLessThan(119_000);
    const apps = cluster.running().map(({ request }) => request.container.environment['MARATHON_APP_ID']);
    expect(apps.toSorted()).toEqual(['/filler', '/filler', '/filler', '/small']);
  });
});

describe('GET /v2/queue?embed=launchRate', () => {
  const rateOf = async (plane: ControlPlane): Promise<unknown> => {
    const { json } = await plane.request('GET', '/v2/queue', undefined, { embed: 'launchRate' });
    return (json as { queue: readonly { launchRate?: unknown }[] }).queue.map(({ launchRate }) => launchRate);
  };

  it('tells when launches come within the limit of ECS, and nothing of what has no place', async () => {
    const plane = createControlPlane({ agents: 10, ecsCalls: { burst: 100, perSecond: 40 } });
    await plane.clock.pass(1_000);
    await plane.request('POST', '/v2/apps', { ...APP, cpus: 0.1, instances: 500 });
    await plane.clock.pass(2_000);
    const [rate] = (await rateOf(plane)) as { instances: number; position: number; secondsUntilLast: number }[];
    const { instances = 0, secondsUntilLast = 0 } = rate ?? {};
    // 400 fit; of those that have no task yet ten are on their way.
    expect(rate).toMatchObject({ instances: 400 - plane.cluster.tasks.size - 10, position: 1 });
    expect(instances).toBeGreaterThan(100);
    await plane.clock.pass((secondsUntilLast - 1) * 1_000);
    expect(plane.cluster.tasks.size).toBeLessThan(400);
    await plane.clock.pass(2_500);
    expect(plane.cluster.tasks.size).toBe(400);
    expect(await rateOf(plane)).toEqual([undefined]);
    expect(plane.errors).toEqual([]);
  });
});
