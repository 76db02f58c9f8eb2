import type { BucketSize } from '../../lib/model/token-bucket.ts';
import { createControlPlane } from '../../test/simulation/control-plane.ts';

/** What one run took. */
export interface LaunchRun {
  /** From the POST until all run, in real time. */
  readonly wallMs: number;
  /** The same in the simulation's time. */
  readonly virtualSeconds: number;
}

const INSTANCES_PER_AGENT = 50;
const STEP_MS = 100;
const PATIENCE_MS = 30 * 60_000;

/**
 * Posts an app and lets the real handlers launch all its instances in the simulator. Throws when not all of them run,
 * or when the simulator saw a promise broken: a fast wrong run is no result.
 */
export async function launchAll(instances: number, ecsCalls?: BucketSize): Promise<LaunchRun> {
  const agents = Math.ceil(instances / INSTANCES_PER_AGENT) + 2;
  const plane = createControlPlane({ agents, keepsNews: false, ...(ecsCalls !== undefined && { ecsCalls }) });
  await plane.clock.pass(1_000);
  const [startedAt, virtualStart] = [performance.now(), plane.clock.now()];
  const app = { id: '/big', cmd: './serve', instances, cpus: 0.05, mem: 32 };
  const { status } = await plane.request('POST', '/v2/apps', app);
  if (status !== 201) throw new Error(`POST answered ${status}`);
  while (plane.cluster.running().length < instances) {
    if (plane.clock.now() - virtualStart > PATIENCE_MS) throw new Error(`only ${plane.cluster.running().length} run`);
    await plane.clock.pass(STEP_MS);
  }
  const run = {
    wallMs: performance.now() - startedAt,
    virtualSeconds: (plane.clock.now() - virtualStart) / 1000,
  };
  const problems = [...plane.monitor.violations(), ...plane.errors];
  if (problems.length > 0) throw new Error(problems.join('; '));
  return run;
}
