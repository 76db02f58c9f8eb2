import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PATIENCE } from '../setup/patience.ts';
import { appOf, type RunningStride, startStride, taskProcesses, temporaryDirectory } from './running-stride.ts';

const WAIT = { timeout: PATIENCE, interval: 50 };
const APP = { id: '/sleeper', cpus: 0.1, mem: 10, instances: 2, cmd: 'sleep 1000' };

describe('the end of the local cloud and the next start on the same data', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let stride: RunningStride | undefined;

  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(async () => {
    await stride?.stop();
    await directory.remove();
  });

  const runs = (count: number): Promise<void> =>
    vi.waitFor(async () => {
      if (stride === undefined) throw new Error('not started');
      const { tasksRunning, deployments } = await appOf(stride, APP.id);
      expect({ tasksRunning, deployments }).toEqual({ tasksRunning: count, deployments: [] });
      expect(await taskProcesses(directory.path)).toHaveLength(count);
    }, WAIT);

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    '%s: definition, versions and count are back, tasks run again, none of the old is left',
    async (signal) => {
      stride = await startStride(directory.path);
      await stride.request('POST', '/v2/apps', APP);
      await runs(2);
      expect((await stride.request('PUT', '/v2/apps/sleeper', { instances: 3 })).status).toBe(200);
      await runs(3);
      const before = await appOf(stride, APP.id);
      const old = await taskProcesses(directory.path);
      await stride.stop(signal);
      if (signal === 'SIGTERM') expect(await taskProcesses(directory.path)).toEqual([]);

      stride = await startStride(directory.path);
      const left = await taskProcesses(directory.path);
      expect(left.filter(({ pid }) => old.some((process) => process.pid === pid))).toEqual([]);
      await runs(3);
      const after = await appOf(stride, APP.id);
      expect({ instances: after.instances, version: after.version }).toEqual({ instances: 3, version: before.version });
      const { json } = await stride.request('GET', '/v2/apps/sleeper/versions');
      expect((json as { versions: string[] }).versions).toHaveLength(2);
    },
  );

  it('--ephemeral begins empty', async () => {
    stride = await startStride(directory.path, ['--ephemeral']);
    await stride.request('POST', '/v2/apps', APP);
    await runs(2);
    await stride.stop();
    expect(await taskProcesses(directory.path)).toEqual([]);
    stride = await startStride(directory.path, ['--ephemeral']);
    expect((await stride.request('GET', '/v2/apps')).json).toEqual({ apps: [] });
  });
});
