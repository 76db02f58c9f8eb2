import { expect, it } from 'vitest';
import { resolvePathId } from '../../lib/model/path-id.ts';
import { createControlPlane } from './control-plane.ts';

it('a task that does not run five minutes after its launch is killed, and launched anew', async () => {
  const times = [1_000_000, 400];
  const plane = createControlPlane({ startUpOf: () => times.shift() ?? 400 });
  const only = async () => (await plane.state.instances.list(resolvePathId('/slow'))).map(({ value }) => value);
  await plane.request('POST', '/v2/apps', { id: '/slow', cmd: './serve', cpus: 0.1, mem: 10 });
  await plane.clock.pass(295_000);
  expect(await only()).toMatchObject([{ condition: 'Staging', incarnation: 1 }]);
  await plane.clock.pass(70_000);
  expect(await only()).toMatchObject([{ condition: 'Running', incarnation: 2 }]);
  expect(plane.cluster.running()).toHaveLength(1);
  expect([...plane.cluster.tasks.values()].map(({ sighting }) => sighting)).toMatchObject([
    { lastStatus: 'STOPPED', stoppedReason: 'not running in time after its launch' },
    { lastStatus: 'RUNNING' },
  ]);
  expect([...plane.monitor.violations(), ...plane.errors]).toEqual([]);
});
