import type { Fault, GatewayCall } from './faults.ts';
import type { ProcessName } from './process-name.ts';
import { type Chance, createChance } from './random.ts';

/** How unkind the world is while the history runs; afterwards everything heals. Numbers are probabilities. */
export interface Weather {
  /** That a gateway call fails, kills its process or stalls. */
  readonly faults: number;
  /** Whose calls do. */
  readonly struck: ReadonlySet<ProcessName>;
  /** That an event is lost; the same that it is doubled, that it is late, and that a list of ECS is old. */
  readonly events: number;
  /** That a task ends by itself soon after it is up. */
  readonly crashes: number;
  /** The longest time that a call of each process takes to get there, and the same to be answered, ms. */
  readonly latency: Readonly<Record<ProcessName, number>>;
  /** That another pass works without the lease while a tick stands still. */
  readonly rivals: number;
}

const EVERYBODY: readonly ProcessName[] = ['api', 'ingest', 'publish', 'tick'];

const AT_ONCE: Weather['latency'] = { api: 0, health: 0, ingest: 0, publish: 0, tick: 0 };

export const CALM: Weather = { faults: 0, struck: new Set(), events: 0, crashes: 0, rivals: 0, latency: AT_ONCE };

const slowness = (chance: Chance): number => chance.pick([5, 50, 500]) ?? 5;

/** Each seed has weather of its own: faults too often, or of too many, hide what only a single one brings out. */
export function roughWeather(seed: number): Weather {
  const chance = createChance(seed ^ 0xbad);
  const one = chance.pick(EVERYBODY);
  return {
    faults: chance.pick([0, 0.003, 0.01, 0.03]) ?? 0.01,
    struck: new Set(one === undefined || chance.hits(0.6) ? [...EVERYBODY, 'health'] : [one]),
    events: chance.pick([0.05, 0.2, 0.5]) ?? 0.1,
    crashes: chance.pick([0, 0.1, 0.4]) ?? 0.1,
    rivals: chance.pick([0, 0.5, 1]) ?? 0.5,
    latency: chance.hits(0.5)
      ? AT_ONCE
      : {
          api: slowness(chance),
          ingest: slowness(chance),
          publish: slowness(chance),
          tick: chance.between(1, 30),
          health: chance.between(1, 30),
        },
  };
}

/** Up to less than half of what a tick has: the others go on meanwhile, and it still has time to do harm. */
const STALLS = [500, 3_000, 8_000, 25_000];
/** Where something begins to count, a fault is so much more likely. */
const MORE_LIKELY: Readonly<Record<string, number>> = { put: 3, delete: 10, startTask: 10, listTasks: 10 };

/** What becomes of a call. */
export function fateOf(chance: Chance, weather: Weather, process: ProcessName, call: GatewayCall): Fault | undefined {
  const { faults, struck, latency } = weather;
  if (struck.has(process) && chance.hits(faults * (MORE_LIKELY[call.operation] ?? 1))) {
    const when = chance.hits(0.5) ? 'before' : 'after';
    const kind = chance.pick(['fail', 'die', 'stall'] as const) ?? 'fail';
    return kind === 'stall' ? { kind, when, ms: chance.pick(STALLS) ?? 500 } : { kind, when };
  }
  const slowest = latency[process];
  return slowest === 0
    ? undefined
    : { kind: 'slow', before: chance.between(0, slowest), after: chance.between(0, slowest) };
}

/** The arrival times of an event's copies. */
export function eventDelays(chance: Chance, { events }: Weather): readonly number[] {
  if (chance.hits(events)) return [];
  const delay = chance.hits(events) ? chance.between(10, 20_000) : chance.between(5, 60);
  return chance.hits(events) ? [delay, chance.between(5, 90_000)] : [delay];
}

export const listLag = (chance: Chance, { events }: Weather): number =>
  chance.hits(events) ? chance.between(500, 20_000) : 0;

/** How long a task lives after it is up; undefined: until it is told to stop. */
export const taskLife = (chance: Chance, { crashes }: Weather): number | undefined =>
  chance.hits(crashes) ? chance.between(0, 3_000) : undefined;
