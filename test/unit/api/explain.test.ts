import { beforeEach, describe, expect, it } from 'vitest';
import { type ControlPlane, createControlPlane } from '../../simulation/control-plane.ts';

const SLEEPER = { cmd: 'sleep 100', mem: 10, cpus: 0.5, portDefinitions: [] };
const ONE_PER_HOST = [['hostname', 'UNIQUE']];

interface Explained {
  readonly runSpecs: readonly {
    readonly id: string;
    readonly waiting: number;
    readonly deployments: readonly string[];
    readonly obstacles: readonly { readonly path: string }[];
    readonly launchRate?: unknown;
    readonly unplaced: readonly {
      readonly instances: readonly string[];
      readonly funnel: readonly { readonly rule: string; readonly processed: number; readonly declined: number }[];
      readonly cures: readonly string[];
      readonly wakes: readonly string[];
    }[];
  }[];
  readonly lacking: { readonly instances: number; readonly shapes: readonly object[] };
}

let plane: ControlPlane;
beforeEach(async () => {
  plane = createControlPlane({ agents: 3 });
  await plane.clock.pass(1_000);
});

const explainedOf = async (id: string): Promise<Explained> => {
  const { status, json } = await plane.request('GET', `/stride/v1/explain/${id}`);
  expect(status).toBe(200);
  return json as Explained;
};
async function post(app: object): Promise<void> {
  expect(await plane.request('POST', '/v2/apps', app)).toMatchObject({ status: 201 });
  await plane.clock.pass(2_000);
}

describe('GET /stride/v1/explain/{id}', () => {
  it('names the rule and the cure of what waits, and what all of it lacks', async () => {
    await post({ id: '/one-each', ...SLEEPER, instances: 5, constraints: ONE_PER_HOST });
    const { runSpecs, lacking } = await explainedOf('one-each');
    expect(runSpecs).toHaveLength(1);
    expect(runSpecs[0]).toMatchObject({
      id: '/one-each',
      waiting: 2,
      deployments: [expect.any(String)],
      obstacles: [],
    });
    const [unplaced, ...others] = runSpecs[0]?.unplaced ?? [];
    expect(others).toEqual([]);
    expect(unplaced?.instances).toHaveLength(2);
    expect(unplaced?.funnel.filter(({ declined }) => declined > 0)).toEqual([
      { rule: 'constraint', processed: 3, declined: 3, wakes: ['AGENT_ADDED', 'INSTANCE_ENDED', 'DEFINITION_CHANGED'] },
    ]);
    expect(unplaced?.cures[0]).toBe(
      'another agent, whose hostname runs no instance of /one-each, with 0.5 cpus and 10 MiB memory free',
    );
    expect(lacking).toMatchObject({ instances: 2, shapes: [{ shape: { cpus: 4 }, agents: 2, instances: 2 }] });
  });

  it('says what the queue of the tick says', async () => {
    await post({ id: '/large', ...SLEEPER, cpus: 3, instances: 5 });
    const { json } = await plane.request('GET', '/v2/queue');
    const [item] = (json as { queue: { processedOffersSummary: { rejectSummaryLastOffers: object[] } }[] }).queue;
    expect(item?.processedOffersSummary.rejectSummaryLastOffers).toContainEqual({
      reason: 'InsufficientCpus',
      declined: 3,
      processed: 3,
    });
    const { runSpecs } = await explainedOf('large');
    expect(runSpecs[0]?.unplaced[0]?.funnel).toContainEqual(
      expect.objectContaining({ rule: 'cpus', processed: 3, declined: 3 }),
    );
  });

  it('takes a group with a wildcard, apps and pods, and what does not wait', async () => {
    await post({ id: '/shop/cart', ...SLEEPER });
    await post({ id: '/shop/held', ...SLEEPER, secrets: { s: { source: 'x' } }, env: { A: { secret: 's' } } });
    await post({ id: '/other', ...SLEEPER });
    const { runSpecs, lacking } = await explainedOf('shop/*');
    expect(runSpecs).toMatchObject([
      { id: '/shop/cart', waiting: 0, unplaced: [], obstacles: [] },
      { id: '/shop/held', waiting: 1, unplaced: [], obstacles: [{ path: '/env/A' }] },
    ]);
    expect(lacking).toMatchObject({ instances: 0, considered: 0, shapes: [] });
    expect((await explainedOf('*')).runSpecs.map(({ id }) => id).toSorted()).toEqual([
      '/other',
      '/shop/cart',
      '/shop/held',
    ]);
  });

  it('does not know what is not there', async () => {
    expect(await plane.request('GET', '/stride/v1/explain/none')).toMatchObject({ status: 404 });
    expect(await plane.request('GET', '/stride/v1/explain/none/*')).toMatchObject({ status: 404 });
  });
});

describe('POST /stride/v1/simulate', () => {
  const simulate = async (body: object) => {
    let writes = 0;
    const stopCounting = plane.store.subscribe(() => {
      writes += 1;
    });
    const answer = await plane.request('POST', '/stride/v1/simulate', body);
    stopCounting();
    expect(writes).toBe(0);
    return answer;
  };

  it('places what a new app would start, as the tick then does', async () => {
    const app = { id: '/new', ...SLEEPER, instances: 3, constraints: ONE_PER_HOST };
    const { status, json } = await simulate(app);
    expect(status).toBe(200);
    const { placements } = json as { placements: { agent: string; host: string }[] };
    expect(json).toMatchObject({ app: { id: '/new' }, starts: 3, stops: 0, unplaced: [], lacking: { instances: 0 } });
    await post(app);
    const { json: shown } = await plane.request('GET', '/v2/apps/new');
    const { tasks } = (shown as { app: { tasks: { slaveId: string; host: string }[] } }).app;
    const placesOf = (all: readonly { host: string }[]) => all.map(({ host }) => host).toSorted();
    expect(placesOf(placements)).toEqual(placesOf(tasks));
  });

  it('says why the rest would wait, of an update too', async () => {
    await post({ id: '/app', ...SLEEPER, constraints: ONE_PER_HOST });
    const { json } = await simulate({ id: '/app', instances: 5 });
    expect(json).toMatchObject({
      app: { id: '/app', cmd: 'sleep 100', instances: 5 },
      starts: 4,
      placements: [{ hostPorts: [] }, { hostPorts: [] }],
      unplaced: [{ instances: [expect.any(String), expect.any(String)], cures: expect.any(Array) }],
      lacking: { instances: 2, shapes: [{ agents: 2, instances: 2 }] },
    });
  });

  it('takes fewer instances away, and a new command starts beside the old', async () => {
    await post({ id: '/app', ...SLEEPER, instances: 3 });
    expect(await simulate({ id: '/app', instances: 1 })).toMatchObject({
      json: { starts: 0, stops: 2, placements: [] },
    });
    const { json } = await simulate({ id: '/app', cmd: 'sleep 200' });
    expect(json).toMatchObject({ starts: 3, stops: 0 });
    expect((json as { placements: unknown[] }).placements).toHaveLength(3);
    expect(await simulate({ id: '/app', cmd: 'sleep 100' })).toMatchObject({ json: { starts: 0, stops: 0 } });
  });

  it('takes pods, and says what keeps them', async () => {
    const pod = {
      id: '/pod',
      containers: [{ name: 'a', resources: { cpus: 0.1, mem: 10 }, exec: { command: { shell: 'a' } } }],
    };
    expect(await simulate(pod)).toMatchObject({ status: 200, json: { pod: { id: '/pod' }, starts: 1 } });
  });

  it('refuses what the change would be refused with', async () => {
    expect(await simulate({ id: '/app', cmd: 'a', constraints: [['rack', 'LIKE', '(?=a)']] })).toMatchObject({
      status: 422,
    });
    expect(await simulate({ cmd: 'a' })).toMatchObject({ status: 422 });
  });
});
