import { makeHistory } from './history.ts';
import { CALM, roughWeather, simulate } from './simulate.ts';

const [from, to, w] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
for (let seed = from; seed <= to; seed++) {
  const t = performance.now();
  const r = await simulate(seed, makeHistory(seed, 60), w === 'calm' ? CALM : roughWeather(seed));
  console.log(
    seed,
    Math.round(performance.now() - t),
    'ms',
    r.calls,
    'calls',
    r.violations.slice(0, 3).join(' | ').slice(0, 300),
  );
}
process.exit(0);
