import { expect, it } from 'vitest';
import { createControlPlane } from '../../simulation/control-plane.ts';

const APP = {
  id: '/shop',
  cmd: './serve',
  cpus: 0.1,
  mem: 16,
  instances: 4,
  upgradeStrategy: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 },
};
const POD = {
  id: '/pod',
  containers: [{ name: 'one', resources: { cpus: 0.1, mem: 32 }, exec: { command: { shell: 'x' } } }],
};
const DRY = { dryRun: 'true' };

/** Four instances run. */
async function withApp() {
  const plane = createControlPlane();
  await plane.request('POST', '/v2/apps', APP);
  await plane.clock.pass(5_000);
  expect(plane.cluster.running()).toHaveLength(4);
  return plane;
}

it.for([
  [
    'POST',
    '/v2/apps',
    { ...APP, id: '/new', instances: 2 },
    ['StartApplication', 'ScaleApplication'],
    [['/new', 2, 0]],
    2,
  ],
  ['PUT', '/v2/apps/shop', { cmd: 'new' }, ['RestartApplication'], [['/shop', 4, 2]], 0],
  ['PUT', '/v2/apps/shop', { instances: 6 }, ['ScaleApplication'], [['/shop', 6, 4]], 2],
  ['PATCH', '/v2/apps/shop', { instances: 1 }, ['ScaleApplication'], [['/shop', 1, 1]], 0],
  [
    'PUT',
    '/v2/apps',
    [
      { id: '/shop', cmd: 'new' },
      { ...APP, id: '/b', instances: 1 },
    ],
    ['StartApplication', 'RestartApplication', 'ScaleApplication'],
    [
      ['/b', 1, 0],
      ['/shop', 4, 2],
    ],
    1,
  ],
  ['PATCH', '/v2/apps', [{ id: '/shop', cmd: 'new' }], ['RestartApplication'], [['/shop', 4, 2]], 0],
  ['POST', '/v2/apps/shop/restart', undefined, ['RestartApplication'], [['/shop', 4, 2]], 0],
  ['DELETE', '/v2/apps/shop', undefined, ['StopApplication'], [['/shop', 0, 0]], 0],
  [
    'POST',
    '/v2/groups',
    { id: '/g', apps: [{ ...APP, id: 'a', instances: 1 }] },
    ['StartApplication', 'ScaleApplication'],
    [['/g/a', 1, 0]],
    1,
  ],
  ['DELETE', '/v2/groups', undefined, ['StopApplication'], [['/shop', 0, 0]], 0],
  ['POST', '/v2/pods', POD, ['StartPod', 'ScalePod'], [['/pod', 1, 0]], 0],
  ['PUT', '/v2/pods/pod', POD, ['StartPod', 'ScalePod'], [['/pod', 1, 0]], 0],
] as const)(
  'a dry run of %s %s tells the plan, its lowest capacity and its placements',
  async ([method, path, body, actions, capacities, placed]) => {
    const plane = await withApp();
    const before = await plane.state.definitions.readRoot();
    const { status, json } = await plane.request(method, path, body, DRY);
    expect(status).toBe(200);
    const answer = json as {
      steps: { actions: { action: string }[] }[];
      capacities: { id: string; instances: number; lowest: number }[];
      placements: { runSpec: string; host: string; hostPorts: number[] }[];
    };
    expect(answer.steps.flatMap((step) => step.actions.map(({ action }) => action))).toEqual(actions);
    expect(answer.capacities.map(({ id, instances, lowest }) => [id, instances, lowest]).toSorted()).toEqual(
      capacities,
    );
    expect(answer.placements).toHaveLength(placed);
    await plane.clock.pass(5_000);
    expect(await plane.state.definitions.readRoot()).toEqual(before);
    expect(plane.cluster.running()).toHaveLength(4);
  },
);

it('a dry run is refused with what its write is refused with', async () => {
  const plane = await withApp();
  expect(await plane.request('POST', '/v2/apps', APP, DRY)).toMatchObject({ status: 409 });
  expect(await plane.request('DELETE', '/v2/apps/none', undefined, DRY)).toMatchObject({ status: 404 });
});

it('a dry run says what an upgrade waits for', async () => {
  const plane = await withApp();
  const { json } = await plane.request('PUT', '/v2/apps/shop', { instances: 5, mem: 500_000 }, DRY);
  expect(json).toMatchObject({
    placements: [],
    unplaced: [{ cures: expect.arrayContaining([expect.any(String)]) }],
    lacking: { instances: expect.any(Number) },
  });
});
