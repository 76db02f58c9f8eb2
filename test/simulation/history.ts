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
  | { readonly kind: 'restart' | 'delete'; readonly app: string }
  | { readonly kind: 'read' }
  | { readonly kind: 'exit'; readonly nth: number; readonly exitCode: number }
  /** Cut off and in touch again; off the cluster and back; lost with all its tasks and back at once; emptied or not. */
  | { readonly kind: AgentAct; readonly agent: number }
  /** A task begins to fail its health checks. */
  | { readonly kind: 'sicken'; readonly nth: number }
  /** A pass of the scheduler without the lease. */
  | { readonly kind: 'rival'; readonly walk: boolean }
  /** All at the same moment. */
  | { readonly kind: 'together'; readonly acts: readonly Act[] }
  | { readonly kind: 'wait'; readonly ms: number };

type AgentAct = 'disconnect' | 'reconnect' | 'leave' | 'return' | 'terminate' | 'drain' | 'undrain';

const AGENT_ACTS: readonly AgentAct[] = [
  'disconnect',
  'disconnect',
  'reconnect',
  'reconnect',
  'leave',
  'return',
  'return',
  'terminate',
  'drain',
  'undrain',
  'undrain',
];

const APPS = ['/a', '/b', '/group/c'];
const MOST_INSTANCES = 6;
const AGENTS = 4;
const MOST_TOGETHER = 4;

const put = (chance: Chance, app: string): Act => ({
  kind: 'put',
  app,
  instances: chance.between(0, MOST_INSTANCES),
  command: chance.between(1, 3),
  force: chance.hits(0.3),
});

/** What clients and other schedulers do at the same time, most of it to one app. */
function crowd(chance: Chance, app: string): readonly Act[] {
  return Array.from({ length: chance.between(2, MOST_TOGETHER) }, (): Act => {
    const dice = chance.between(1, 10);
    if (dice <= 4) return put(chance, app);
    if (dice <= 5) return { kind: 'restart', app };
    if (dice <= 6) return { kind: 'delete', app };
    if (dice <= 7) return { kind: 'read' };
    if (dice <= 8) return put(chance, chance.pick(APPS) ?? app);
    return { kind: 'rival', walk: chance.hits(0.5) };
  });
}

function agentAct(chance: Chance): Act {
  const agent = chance.between(0, AGENTS - 1);
  const kind = chance.pick(AGENT_ACTS);
  return { kind: kind ?? 'return', agent };
}

function randomAct(chance: Chance): Act {
  const app = chance.pick(APPS) ?? '/a';
  const dice = chance.between(1, 100);
  if (dice <= 24) return put(chance, app);
  if (dice <= 29) return { kind: 'restart', app };
  if (dice <= 34) return { kind: 'delete', app };
  if (dice <= 40) return { kind: 'together', acts: crowd(chance, app) };
  if (dice <= 42) return { kind: 'read' };
  if (dice <= 46) return { kind: 'rival', walk: chance.hits(0.7) };
  if (dice <= 60) return { kind: 'exit', nth: chance.between(0, 20), exitCode: chance.between(0, 1) };
  if (dice <= 68) return agentAct(chance);
  if (dice <= 71) return { kind: 'sicken', nth: chance.between(0, 20) };
  return { kind: 'wait', ms: chance.pick([10, 100, 1_000, 5_000, 30_000, 130_000]) ?? 100 };
}

/** A random history: equal seeds give equal histories. */
export function makeHistory(seed: number, length: number): readonly Act[] {
  const chance = createChance(seed);
  return Array.from({ length }, () => randomAct(chance));
}
