/** `npm run bench:launches`: how long the control plane takes to launch and to restart apps of growing size, in the simulator. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { median } from '../median.ts';
import { type LaunchRun, launchAll } from './launch-all.ts';
import { type RestartRun, restartAll } from './restart-all.ts';

const SIZES = [1_000, 2_000, 5_000, 10_000];
const LIMITED_SIZES = [1_000, 10_000];
const RESTART_SIZES = [1_000, 10_000];
/** AWS's limit of modifying ECS calls for an account and region. */
const ECS_CALLS = { burst: 100, perSecond: 40 };
/** A simulated task takes this long from its start until it runs; seconds. */
const START_UP = 0.4;

interface Timed {
  readonly instances: number;
  readonly wallMs: number;
}

/** The exponent with which the wall time grows between two sizes. */
function growth(first: Timed | undefined, last: Timed | undefined): number {
  if (first === undefined || last === undefined) return Number.NaN;
  return Math.log(last.wallMs / first.wallMs) / Math.log(last.instances / first.instances);
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' }, json: { type: 'string' } } });
const rounds = Number(values.rounds);

await launchAll(200);
const unlimited = new Map<number, LaunchRun[]>();
for (let round = 0; round < rounds; round += 1) {
  for (const size of SIZES) unlimited.set(size, [...(unlimited.get(size) ?? []), await launchAll(size)]);
}
const walls = SIZES.map((size) => ({
  instances: size,
  wallMs: Math.round(median((unlimited.get(size) ?? []).map(({ wallMs }) => wallMs))),
}));
const [first, last] = [walls[0], walls.at(-1)];
const exponent = growth(first, last);

const limited: { instances: number; virtualSeconds: number; timesLimit: number }[] = [];
for (const instances of LIMITED_SIZES) {
  const { virtualSeconds } = await launchAll(instances, ECS_CALLS);
  const limit = (instances - ECS_CALLS.burst) / ECS_CALLS.perSecond + START_UP;
  limited.push({ instances, virtualSeconds, timesLimit: Number((virtualSeconds / limit).toFixed(3)) });
}

await restartAll(200);
const restarts = new Map<number, RestartRun[]>();
for (let round = 0; round < rounds; round += 1) {
  for (const size of RESTART_SIZES) restarts.set(size, [...(restarts.get(size) ?? []), await restartAll(size)]);
}
const restarted = RESTART_SIZES.map((size) => {
  const runs = restarts.get(size) ?? [];
  const [{ mostLive, allowed } = { mostLive: Number.NaN, allowed: Number.NaN }] = runs;
  return { instances: size, wallMs: Math.round(median(runs.map(({ wallMs }) => wallMs))), mostLive, allowed };
});
const restartExponent = growth(restarted[0], restarted.at(-1));

const result = {
  rounds,
  withoutLimits: walls,
  exponent: Number(exponent.toFixed(2)),
  withEcsLimits: limited,
  restarted,
  restartExponent: Number(restartExponent.toFixed(2)),
};
console.table(walls);
console.log(`growth from ${first?.instances} to ${last?.instances}: n^${result.exponent}`);
console.table(limited);
console.log('rolling restarts, 0.85 and 0.15, without call limits');
console.table(restarted);
console.log(`growth: n^${result.restartExponent}`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
