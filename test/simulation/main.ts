import { parseArgs } from 'node:util';
import { type Act, makeHistory } from './history.ts';
import { roughWeather, simulate } from './simulate.ts';

const HELP = `npm run sim -- [options]    random histories against the real handlers, in virtual time and rough weather

  --seed N       the first seed (default: from the clock)
  --seeds N      how many seeds (default 100; with --minutes as many as fit)
  --minutes M    stop after so long
  --acts N       acts of each history (default 60)`;

const violationsOf = async (seed: number, history: readonly Act[]): Promise<readonly string[]> =>
  (await simulate(seed, history, roughWeather(seed))).violations;

/** A shorter history with the same seed that still fails: halves, then quarters… are left out as long as it does. */
async function shrink(seed: number, history: readonly Act[]): Promise<readonly Act[]> {
  let shortest = history;
  for (let size = Math.ceil(history.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < shortest.length; ) {
      const candidate = [...shortest.slice(0, from), ...shortest.slice(from + size)];
      if ((await violationsOf(seed, candidate)).length > 0) shortest = candidate;
      else from += size;
    }
  }
  return shortest;
}

async function run(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      minutes: { type: 'string' },
      acts: { type: 'string', default: '60' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return 0;
  }
  const first = values.seed === undefined ? Date.now() % 1_000_000_000 : Number(values.seed);
  const most = Number(values.seeds ?? (values.minutes === undefined ? 100 : Number.MAX_SAFE_INTEGER));
  const acts = Number(values.acts);
  const end = values.minutes === undefined ? Number.POSITIVE_INFINITY : Date.now() + Number(values.minutes) * 60_000;
  if ([first, most, acts, end].some(Number.isNaN)) throw new Error(`not a number among the options\n\n${HELP}`);
  let seed = first;
  for (; seed < first + most && Date.now() < end; seed += 1) {
    const history = makeHistory(seed, acts);
    const violations = await violationsOf(seed, history);
    if (violations.length === 0) continue;
    console.error(`seed ${seed} (--seed ${seed} --seeds 1 --acts ${acts}):\n  ${violations.join('\n  ')}`);
    console.error('shrunk history:');
    for (const act of await shrink(seed, history)) console.error(`  ${JSON.stringify(act)}`);
    return 1;
  }
  console.log(`seeds ${first} to ${seed - 1}: ${seed - first} histories of ${acts} acts, every promise kept`);
  return 0;
}

process.exitCode = await run();
// Timers of the simulated processes that died are still waiting.
process.exit();
