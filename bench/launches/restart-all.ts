import { createControlPlane } from '../../test/simulation/control-plane.ts';

/** What one rolling restart took. */
export interface RestartRun {
  /** From the POST of the restart until all run anew and nothing of the former ones is left, in real time. */
  readonly wallMs: number;
  readonly virtualSeconds: number;
  /** The most tasks that were live at one time, and how many the upgrade strategy allows. */
  readonly mostLive: number;
  readonly allowed: number;
}

const INSTANCES_PER_AGENT = 50;
const STEP_MS = 100;
const PATIENCE_MS = 30 * 60_000;
const UPGRADE = { minimumHealthCapacity: 0.85, maximumOverCapacity: 0.15 };

/**
 * Lets the real handlers restart an app in the simulator, without call limits. Throws when instances are missing at
 * the end, when there were ever more than the strategy allows, or when the simulator saw a promise broken.
 */
export async function restartAll(instances: number): Promise<RestartRun> {
  const allowed = Math.floor(instances * (1 + UPGRADE.maximumOverCapacity));
  const plane = createControlPlane({ agents: Math.ceil(allowed / INSTANCES_PER_AGENT) + 2, keepsNews: false });
  const runs = () => plane.cluster.running().filter(({ sighting }) => sighting.desiredStatus === 'RUNNING');
  await plane.clock.pass(1_000);
  const app = { id: '/big', cmd: './serve', instances, cpus: 0.05, mem: 32, upgradeStrategy: UPGRADE };
  const { status } = await plane.request('POST', '/v2/apps', app);
  if (status !== 201) throw new Error(`POST answered ${status}`);
  const until = async (done: () => boolean): Promise<void> => {
    const begin = plane.clock.now();
    while (!done()) {
      if (plane.clock.now() - begin > PATIENCE_MS) throw new Error(`only ${runs().length} run`);
      await plane.clock.pass(STEP_MS);
    }
  };
  await until(() => runs().length === instances);
  await plane.clock.pass(5_000);
  plane.monitor.allow(allowed);
  const former = new Set(plane.cluster.running().map(({ sighting }) => sighting.arn));
  const [startedAt, virtualStart] = [performance.now(), plane.clock.now()];
  const restarted = await plane.request('POST', '/v2/apps/big/restart');
  if (restarted.status !== 200) throw new Error(`restart answered ${restarted.status}`);
  const isOver = (): boolean => {
    const now = plane.cluster.running();
    return now.length === instances && now.every(({ sighting }) => !former.has(sighting.arn));
  };
  await until(isOver);
  const run = {
    wallMs: performance.now() - startedAt,
    virtualSeconds: (plane.clock.now() - virtualStart) / 1000,
    mostLive: plane.monitor.mostLive(),
    allowed,
  };
  const problems = [...plane.monitor.violations(), ...plane.errors];
  if (problems.length > 0) throw new Error(problems.join('; '));
  return run;
}
