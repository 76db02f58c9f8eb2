import { type Chance, createChance } from './random.ts';

/** What the world does to the system. Plain data, so that a history can be printed, shrunk and run again. */
export type Act =
  | {
      readonly kind: 'put';
      readonly app: string;
      readonly instances: number;
      readonly command: number;
      readonly force: boolean;
    }
  | { readonly kind: 'restart'; readonly app: string }
  | { readonly kind: 'delete'; readonly app: string }
  | { readonly kind: 'exit'; readonly nth: number; readonly exitCode: number }
  | { readonly kind: 'disconnect' | 'reconnect' | 'terminate'; readonly agent: number }
  | { readonly kind: 'wait'; readonly ms: number };

const APPS = ['/a', '/b', '/group/c'];
const MOST_INSTANCES = 6;
const AGENTS = 4;

function randomAct(chance: Chance): Act {
  const app = chance.pick(APPS) ?? '/a';
  const dice = chance.between(1, 100);
  if (dice <= 30) {
    const instances = chance.between(0, MOST_INSTANCES);
    return { kind: 'put', app, instances, command: chance.between(1, 3), force: chance.hits(0.3) };
  }
  if (dice <= 35) return { kind: 'restart', app };
  if (dice <= 42) return { kind: 'delete', app };
  if (dice <= 60) return { kind: 'exit', nth: chance.between(0, 20), exitCode: chance.between(0, 1) };
  if (dice <= 64) return { kind: 'disconnect', agent: chance.between(0, AGENTS - 1) };
  if (dice <= 68) return { kind: 'reconnect', agent: chance.between(0, AGENTS - 1) };
  if (dice <= 70) return { kind: 'terminate', agent: chance.between(0, AGENTS - 1) };
  return { kind: 'wait', ms: chance.pick([10, 100, 1_000, 5_000, 30_000]) ?? 100 };
}

/** A random history: equal seeds give equal histories. */
export function makeHistory(seed: number, length: number): readonly Act[] {
  const chance = createChance(seed);
  return Array.from({ length }, () => randomAct(chance));
}
