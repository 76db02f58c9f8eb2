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

it('a dry run of a kill kills nothing: it tells which tasks, or the plan that lowers the number', async () => {
  const plane = await withApp();
  const [one, two] = plane.cluster.running();
  expect([one, two]).not.toContain(undefined);
  const tasks = await plane.request('DELETE', '/v2/apps/shop/tasks', undefined, DRY);
  const ids = (tasks.json as { tasks: { id: string }[] }).tasks.map(({ id }) => id);
  expect(ids).toHaveLength(4);
  const scaled = { steps: [{ actions: [{ action: 'ScaleApplication' }] }], capacities: [{ instances: 3, lowest: 3 }] };
  for (const [method, path, body, query, json] of [
    ['DELETE', `/v2/apps/shop/tasks/${ids[0]}`, undefined, {}, { task: { id: ids[0] } }],
    ['POST', '/v2/tasks/delete', { ids: ids.slice(0, 1) }, {}, { tasks: [{ id: ids[0] }] }],
    ['DELETE', `/v2/apps/shop/tasks/${ids[0]}`, undefined, { scale: 'true' }, scaled],
    ['POST', '/v2/tasks/delete', { ids: ids.slice(0, 1) }, { scale: 'true' }, scaled],
  ] as const) {
    expect(await plane.request(method, path, body, { ...DRY, ...query })).toMatchObject({ status: 200, json });
  }
  await plane.clock.pass(5_000);
  expect(
    plane.cluster
      .running()
      .map(({ sighting }) => sighting.arn)
      .slice(0, 2),
  ).toEqual([one?.sighting.arn, two?.sighting.arn]);
});

it('a dry run of a rollback tells what would bring the old version back', async () => {
  const plane = await withApp();
  const put = await plane.request('PUT', '/v2/apps/shop', { mem: 500_000 });
  const path = `/v2/deployments/${put.headers?.['Marathon-Deployment-Id']}`;
  await plane.clock.pass(5_000);
  const before = await plane.state.definitions.readRoot();
  expect(await plane.request('DELETE', path, undefined, DRY)).toMatchObject({
    status: 200,
    json: { steps: [{ actions: [{ action: 'RestartApplication', app: '/shop' }] }], capacities: [{ lowest: 2 }] },
  });
  expect(await plane.request('DELETE', path, undefined, { ...DRY, force: 'true' })).toMatchObject({ status: 422 });
  expect(await plane.state.definitions.readRoot()).toEqual(before);
});
