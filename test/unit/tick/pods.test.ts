import { describe, expect, it } from 'vitest';
import { createControlPlane } from '../../simulation/control-plane.ts';

const pod = (instances: number) => ({
  id: '/shop/sidecar',
  containers: [{ name: 'web', exec: { command: { shell: './web' } }, resources: { cpus: 0.1, mem: 32 } }],
  scaling: { kind: 'fixed', instances },
});
const PATH = '/v2/pods/shop/sidecar';

function aPlane() {
  const plane = createControlPlane({ agents: 2, eventDelays: () => [5] });
  const get = async (path: string): Promise<unknown> => (await plane.request('GET', path)).json;
  return { plane, get };
}

describe('a pod, which nothing can launch yet', () => {
  it('gets its instances, which wait and say why, while apps are launched', async () => {
    const { plane, get } = aPlane();
    expect((await plane.request('POST', '/v2/pods', pod(3))).status).toBe(201);
    await plane.request('POST', '/v2/apps', { id: '/free', cmd: './serve' });
    await plane.clock.pass(5_000);
    expect(plane.cluster.running()).toHaveLength(1);
    expect(await get('/v2/queue')).toMatchObject({ queue: [{ count: 3, pod: { id: '/shop/sidecar' } }] });
    expect(await get(`${PATH}::status`)).toMatchObject({
      status: 'DEGRADED',
      instances: [],
      message: 'pods are not served by this version, so the instance waits: use apps',
    });
    expect(await get('/v2/deployments')).toMatchObject([{ affectedApps: [], affectedPods: ['/shop/sidecar'] }]);
    expect(plane.errors).toEqual([]);
    expect(plane.monitor.violations()).toEqual([]);
  });

  it('is scaled and deleted with its deployments', async () => {
    const { plane, get } = aPlane();
    await plane.request('POST', '/v2/pods', pod(3));
    await plane.clock.pass(2_000);
    expect((await plane.request('PUT', PATH, pod(0), { force: 'true' })).status).toBe(200);
    await plane.clock.pass(5_000);
    expect(await get('/v2/queue')).toEqual({ queue: [] });
    expect(await get('/v2/deployments')).toEqual([]);
    expect(await get(`${PATH}::status`)).toMatchObject({ status: 'STABLE' });
    expect((await plane.request('DELETE', PATH)).status).toBe(202);
    await plane.clock.pass(5_000);
    expect(await get('/v2/deployments')).toEqual([]);
    expect(await get('/v2/pods')).toEqual([]);
    expect(plane.errors).toEqual([]);
  });

  it('gets a new instance for one that is killed', async () => {
    const { plane, get } = aPlane();
    await plane.request('POST', '/v2/pods', pod(2));
    await plane.clock.pass(2_000);
    const [first, ...others] = await instancesOf(plane);
    expect(others).toHaveLength(1);
    expect((await plane.request('DELETE', `${PATH}::instances/${first}`)).status).toBe(200);
    await plane.clock.pass(5_000);
    const left = await instancesOf(plane);
    expect(left).toHaveLength(2);
    expect(left).toEqual(expect.arrayContaining(others));
    expect(left).not.toContain(first);
    expect(await get('/v2/queue')).toMatchObject({ queue: [{ count: 2 }] });
  });
});

async function instancesOf({ state }: ReturnType<typeof createControlPlane>): Promise<readonly string[]> {
  const { value: root } = await state.definitions.readRoot();
  const { entries } = await state.definitions.loadTree(root.tree);
  const pods = [...entries.values()].filter((entry) => entry.kind === 'pod');
  const listed = await Promise.all(pods.map(({ id }) => state.instances.list(id)));
  return listed.flat().map(({ value }) => value.id);
}
