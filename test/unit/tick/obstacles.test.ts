import { describe, expect, it } from 'vitest';
import { createControlPlane } from '../../simulation/control-plane.ts';

const SECRET = { id: '/held', cmd: './serve', secrets: { s: { source: 'x' } }, env: { A: { secret: 's' } } };

/** A system that counts the ticks' looks at what they have to do. */
function aPlane() {
  let looks = 0;
  const plane = createControlPlane({
    agents: 2,
    eventDelays: () => [5],
    gatewaysOf: (_process, { store, cluster }) => ({
      cluster,
      store: {
        ...store,
        query: (...args) => {
          looks += 1;
          return store.query(...args);
        },
      },
    }),
  });
  const appOf = async (id: string): Promise<unknown> => (await plane.request('GET', `/v2/apps${id}`)).json;
  return { plane, appOf, looks: () => looks };
}

describe('an app that this version cannot launch as asked', () => {
  it('is accepted and waits, with its deployment, while others are launched', async () => {
    const { plane, appOf } = aPlane();
    expect((await plane.request('POST', '/v2/apps', SECRET)).status).toBe(201);
    await plane.request('POST', '/v2/apps', { id: '/free', cmd: './serve' });
    await plane.clock.pass(5_000);
    expect(plane.cluster.running()).toHaveLength(1);
    expect(await appOf('/held')).toMatchObject({
      app: { tasksStaged: 0, tasksRunning: 0, env: SECRET.env, secrets: SECRET.secrets, deployments: [{}] },
    });
    expect(await appOf('/free')).toMatchObject({ app: { tasksRunning: 1, deployments: [] } });
    expect(plane.monitor.violations()).toEqual([]);
  });

  it('costs nothing while it waits: the tick rests, and nothing is tried that must fail', async () => {
    const { plane, looks } = aPlane();
    await plane.request('POST', '/v2/apps', SECRET);
    await plane.clock.pass(5_000);
    const before = looks();
    await plane.clock.pass(10_000);
    expect(looks() - before).toBeLessThan(20);
    expect(plane.errors).toEqual([]);
  });

  it('is launched once a new version does without', async () => {
    const { plane, appOf } = aPlane();
    await plane.request('POST', '/v2/apps', SECRET);
    await plane.clock.pass(2_000);
    const changed = await plane.request('PUT', '/v2/apps/held', { env: { A: 'text' } }, { force: 'true' });
    expect(changed.status).toBe(200);
    await plane.clock.pass(5_000);
    expect(plane.cluster.running()).toHaveLength(1);
    expect(await appOf('/held')).toMatchObject({ app: { tasksRunning: 1, deployments: [] } });
  });
});
