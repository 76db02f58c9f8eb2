import { type Chance, createChance } from './random.ts';
import { type Defect, STACK_APPS, STRATEGIES } from './wanted.ts';

/** What the world does to the system. Plain data, so that a history can be printed, shrunk and run again. */
export type Act =
  | ({ readonly kind: 'put'; readonly app: string } & Definition & Manner)
  /** Apps in three layers, each of which depends on the one below. */
  | ({ readonly kind: 'putStack' } & Definition & Manner)
  | ({ readonly kind: 'deleteStack' } & Manner)
  | ({ readonly kind: 'restart' | 'delete'; readonly app: string } & Manner)
  /** One of the deployments that run is undone, or only ended. */
  | { readonly kind: 'deleteDeployment'; readonly nth: number; readonly force: boolean }
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

interface Definition {
  readonly instances: number;
  readonly command: number;
  readonly strategy: number;
  readonly defect: Defect;
}

interface Manner {
  readonly force: boolean;
  readonly deadline?: string;
}

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
/** So many of each of its apps fit beside the others. */
const MOST_IN_STACK = 3;
const DEADLINES = ['1', '5', '20', '60', '200'];
const DEFECTS: readonly Defect[] = ['large', 'crashing', 'sick'];
const AGENTS = 4;
const MOST_TOGETHER = 4;

function manner(chance: Chance): Manner {
  const force = chance.hits(0.3);
  if (!chance.hits(0.3)) return { force };
  return { force, deadline: `${chance.pick(DEADLINES)};${chance.hits(0.6) ? 'rollback' : 'fail'}` };
}

const definition = (chance: Chance, most: number): Definition => ({
  instances: chance.between(0, most),
  command: chance.between(1, 3),
  strategy: chance.between(0, STRATEGIES.length - 1),
  defect: chance.hits(0.15) ? (chance.pick(DEFECTS) ?? 'none') : 'none',
});

const put = (chance: Chance, app: string): Act => ({
  kind: 'put',
  app,
  ...definition(chance, app.startsWith('/stack') ? MOST_IN_STACK : MOST_INSTANCES),
  ...manner(chance),
});

const deleteDeployment = (chance: Chance): Act => ({
  kind: 'deleteDeployment',
  nth: chance.between(0, 5),
  force: chance.hits(0.4),
});

/** What clients and other schedulers do at the same time, most of it to one app. */
function crowd(chance: Chance, app: string): readonly Act[] {
  return Array.from({ length: chance.between(2, MOST_TOGETHER) }, (): Act => {
    const dice = chance.between(1, 10);
    if (dice <= 4) return put(chance, app);
    if (dice <= 5) return { kind: 'restart', app, ...manner(chance) };
    if (dice <= 6) return chance.hits(0.5) ? { kind: 'delete', app, ...manner(chance) } : deleteDeployment(chance);
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
  const app = (chance.hits(0.85) ? chance.pick(APPS) : chance.pick(STACK_APPS)) ?? '/a';
  const dice = chance.between(1, 100);
  if (dice <= 18) return put(chance, app);
  if (dice <= 22) return { kind: 'putStack', ...definition(chance, MOST_IN_STACK), ...manner(chance) };
  if (dice <= 23) return { kind: 'deleteStack', ...manner(chance) };
  if (dice <= 27) return { kind: 'restart', app, ...manner(chance) };
  if (dice <= 30) return { kind: 'delete', app, ...manner(chance) };
  if (dice <= 34) return deleteDeployment(chance);
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
