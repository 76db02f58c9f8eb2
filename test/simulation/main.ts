import { parseArgs } from 'node:util';
import { type Act, makeHistory } from './history.ts';
import { simulate } from './simulate.ts';
import { roughWeather } from './weather.ts';

const HELP = `npm run sim -- [options]    random histories against the real handlers, in virtual time and rough weather

  --seed N|random  the first seed (default: random, which is printed)
  --seeds N        how many seeds (default 100; with --minutes or --hours as many as fit)
  --minutes M      stop after so long
  --hours H        stop after so many hours of virtual time, all histories together
  --acts N         acts of each history (default 60)
  --shrink no      print what fails as it is, without looking for a shorter history

Ends with 1 at the first history that breaks a promise, and prints it.`;

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

/** A positive number of an option. */
function numberOf(name: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!(value > 0)) throw new Error(`--${name} takes a positive number, not "${text}"\n\n${HELP}`);
  return value;
}

const OPTIONS = {
  seed: { type: 'string', default: 'random' },
  seeds: { type: 'string' },
  minutes: { type: 'string' },
  hours: { type: 'string' },
  acts: { type: 'string', default: '60' },
  shrink: { type: 'string', default: 'yes' },
  help: { type: 'boolean' },
} as const;

async function run(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help === true) {
    console.log(HELP);
    return 0;
  }
  const random = 1 + Math.floor(Math.random() * 1_000_000_000);
  const first = values.seed === 'random' ? random : numberOf('seed', values.seed, random);
  const isBounded = values.minutes !== undefined || values.hours !== undefined;
  const seeds = numberOf('seeds', values.seeds, isBounded ? Number.POSITIVE_INFINITY : 100);
  const acts = numberOf('acts', values.acts, 60);
  const minutes = numberOf('minutes', values.minutes, Number.POSITIVE_INFINITY);
  const hours = numberOf('hours', values.hours, Number.POSITIVE_INFINITY);

  const begin = Date.now();
  let virtual = 0;
  let calls = 0;
  let seed = first;
  const goesOn = (): boolean =>
    seed < first + seeds && Date.now() < begin + minutes * 60_000 && virtual < hours * 3_600_000;
  for (; goesOn(); seed += 1) {
    const history = makeHistory(seed, acts);
    const outcome = await simulate(seed, history, roughWeather(seed));
    virtual += outcome.milliseconds;
    calls += outcome.calls;
    if (outcome.violations.length === 0) continue;
    console.error(`seed ${seed}, after ${seed - first + 1} (--seed ${seed} --seeds 1 --acts ${acts}):`);
    console.error(`  ${outcome.violations.join('\n  ')}`);
    if (values.shrink === 'no') return 1;
    console.error('shrunk history:');
    for (const act of await shrink(seed, history)) console.error(`  ${JSON.stringify(act)}`);
    return 1;
  }
  const seconds = (Date.now() - begin) / 1000;
  console.log(
    `seeds ${first} to ${seed - 1}: ${seed - first} histories of ${acts} acts, ${(virtual / 3_600_000).toFixed(1)} virtual ` +
      `hours and ${calls} calls in ${seconds.toFixed(0)} s, every promise kept`,
  );
  return 0;
}

process.exitCode = await run();
// Timers of the simulated processes that died are still waiting.
process.exit();
