import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ControlPlane, createControlPlane } from './control-plane.ts';

const APP = '/v2/apps/shop';
const GOOD = {
  id: '/shop',
  cmd: './serve',
  cpus: 0.1,
  mem: 16,
  instances: 4,
  upgradeStrategy: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 },
};
/** Fits nowhere, so its deployment waits for ever. */
const tooLarge = (deadline: string) => ({ mem: 500_000, labels: { STRIDE_DEPLOYMENT_DEADLINE: deadline } });

describe('a deployment past its deadline', () => {
  let plane: ControlPlane;
  beforeEach(async () => {
    plane = createControlPlane();
    await plane.request('POST', '/v2/apps', GOOD);
    await plane.clock.pass(5_000);
    expect(plane.cluster.running()).toHaveLength(4);
  });
  afterEach(() => expect(plane.errors).toEqual([]));

  const runningNow = async () => Object.keys((await plane.state.definitions.readRoot()).value.running);
  const shown = async () => {
    const { json } = await plane.request('GET', APP);
    const { app } = json as { app: { mem: number; tasksRunning: number } };
    return { mem: app.mem, running: app.tasksRunning };
  };
  const failuresOf = (id: unknown) =>
    plane.published.filter((event) => event.eventType === 'deployment_failed' && event['id'] === id);
  const failedSteps = () => plane.published.filter(({ eventType }) => eventType === 'deployment_step_failure');

  it('is rolled back when it is due, and never below the minimum', async () => {
    const put = await plane.request('PUT', APP, tooLarge('150;rollback'));
    const id = put.headers?.['Marathon-Deployment-Id'];
    await plane.clock.pass(149_500);
    expect(await runningNow()).toEqual([id]);
    expect(await shown()).toEqual({ mem: 500_000, running: 2 });
    await plane.clock.pass(1_000);
    expect(await shown()).toMatchObject({ mem: 16 });
    for (let second = 0; second < 20; second += 1) {
      expect(plane.cluster.running().length).toBeGreaterThanOrEqual(2);
      await plane.clock.pass(1_000);
    }
    expect(await runningNow()).toEqual([]);
    expect(await shown()).toEqual({ mem: 16, running: 4 });
    expect(failuresOf(id)).toMatchObject([
      { reason: 'The deployment was not done after 150 seconds, its deadline: it is rolled back' },
    ]);
    expect(failedSteps()).toMatchObject([
      { plan: { id }, currentStep: { actions: [{ action: 'RestartApplication', app: '/shop' }] } },
    ]);
  });

  it('ends a restart, which leaves nothing to take back, and brings the app to its count', async () => {
    const headers = { 'stride-deployment-deadline': '1;rollback' };
    const restarted = await plane.request('POST', `${APP}/restart`, undefined, {}, headers);
    const id = restarted.headers?.['Marathon-Deployment-Id'];
    await plane.clock.pass(900);
    expect(await runningNow()).toEqual([id]);
    await plane.clock.pass(20_000);
    expect(failuresOf(id)).toMatchObject([
      { reason: 'The deployment was not done after 1 seconds, its deadline: it is rolled back' },
    ]);
    expect(await runningNow()).toEqual([]);
    expect(await shown()).toEqual({ mem: 16, running: 4 });
  });

  it('only fails where it is to fail: what was wanted stays, and the lock goes', async () => {
    const put = await plane.request('PUT', APP, tooLarge('10;fail'));
    const id = put.headers?.['Marathon-Deployment-Id'];
    await plane.clock.pass(11_000);
    expect(await runningNow()).toEqual([]);
    expect(await shown()).toMatchObject({ mem: 500_000 });
    expect(failuresOf(id)).toMatchObject([{ reason: 'The deployment was not done after 10 seconds, its deadline' }]);
    expect(failedSteps()).toMatchObject([
      { plan: { id }, currentStep: { actions: [{ action: 'RestartApplication', app: '/shop' }] } },
    ]);
    expect(await plane.request('PUT', APP, { mem: 16 })).toMatchObject({ status: 200 });
  });
});
