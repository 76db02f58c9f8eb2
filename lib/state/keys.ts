import type { Key } from '../gateways/store.ts';
import type { AgentId, ContentHash, DeploymentId, InstanceId, LaunchId } from '../model/ids.ts';
import type { PathId } from '../model/path-id.ts';

/** Numbers of one partition of the event log. */
const EVENTS_A_PARTITION = 1000;
const NUMBER_DIGITS = 15;

/** Event numbers as sort keys: fixed width, so that text order is number order. */
export const eventSortKey = (number: number): string => String(number).padStart(NUMBER_DIGITS, '0');
export const eventPartition = (number: number): number => Math.floor(number / EVENTS_A_PARTITION);
export const firstOfPartition = (partition: number): number => partition * EVENTS_A_PARTITION;

/**
 * Every key of both tables (design §4). Each partition key begins with the scheduler's name, so that several
 * schedulers can share a table.
 */
export function stateKeys(scheduler: string) {
  const pk = (text: string): string => `${scheduler}#${text}`;
  return {
    root: { pk: pk('ROOT'), sk: '-' } as Key,
    spec: (hash: ContentHash): Key => ({ pk: pk(`SPEC#${hash}`), sk: '-' }),
    node: (hash: ContentHash): Key => ({ pk: pk(`NODE#${hash}`), sk: '-' }),
    announcement: (id: string): Key => ({ pk: pk(`ANNOUNCED#${id}`), sk: '-' }),
    plan: (id: DeploymentId): Key => ({ pk: pk(`DEPLOYMENT#${id}`), sk: 'PLAN' }),
    progress: (id: DeploymentId): Key => ({ pk: pk(`DEPLOYMENT#${id}`), sk: 'STATE' }),
    instances: (runSpec: PathId): string => pk(`INSTANCE#${runSpec}`),
    instance: (runSpec: PathId, id: InstanceId): Key => ({ pk: pk(`INSTANCE#${runSpec}`), sk: id }),
    agents: pk('AGENT#0'),
    agentFacts: (id: AgentId): Key => ({ pk: pk('AGENT#0'), sk: `${id}#FACTS` }),
    agentHost: (id: AgentId): Key => ({ pk: pk('AGENT#0'), sk: `${id}#HOST` }),
    agentHeard: (id: AgentId): Key => ({ pk: pk('AGENT#0'), sk: `${id}#HEARD` }),
    agentClaims: (id: AgentId): Key => ({ pk: pk('AGENT#0'), sk: `${id}#CLAIMS` }),
    launch: (id: LaunchId): Key => ({ pk: pk(`LAUNCH#${id}`), sk: '-' }),
    endedTask: (id: InstanceId, incarnation: number): Key => ({ pk: pk(`ENDED#${id}`), sk: String(incarnation) }),
    endedTasks: (runSpec?: PathId): string => pk(runSpec === undefined ? 'ENDEDTASKS' : `ENDEDTASKS#${runSpec}`),
    dirty: pk('DIRTY#0'),
    dirtyMark: (runSpec: PathId): Key => ({ pk: pk('DIRTY#0'), sk: runSpec }),
    queue: pk('QUEUE'),
    queueEntry: (runSpec: PathId): Key => ({ pk: pk('QUEUE'), sk: runSpec }),
    offers: pk('OFFERS'),
    offersOf: (runSpec: PathId): Key => ({ pk: pk('OFFERS'), sk: runSpec }),
    artifact: (path: string): Key => ({ pk: pk('ARTIFACTS'), sk: path }),
    logLevels: { pk: pk('LOGGING'), sk: '-' } as Key,
    taskDefinition: (family: string): Key => ({ pk: pk(`TASKDEF#${family}`), sk: '-' }),
    probing: pk('PROBING'),
    probeMark: (runSpec: PathId): Key => ({ pk: pk('PROBING'), sk: runSpec }),
    proberLease: (shard: number): Key => ({ pk: pk('PROBING'), sk: `PROBER#${shard}` }),
    deployments: pk('DEPLOYMENTS'),
    deploymentRecord: (order: string, id: DeploymentId): Key => ({ pk: pk('DEPLOYMENTS'), sk: `${order}-${id}` }),
    ticks: pk('TICKS'),
    tick: (id: string): Key => ({ pk: pk('TICKS'), sk: id }),
    tickData: (id: string): Key => ({ pk: pk(`TICK#${id}`), sk: '-' }),
    lease: { pk: pk('LEASE'), sk: '-' } as Key,
    eventHead: { pk: pk('EVENTS'), sk: 'HEAD' } as Key,
    events: (partition: number): string => pk(`EVENTS#${partition}`),
    event: (number: number): Key => ({ pk: pk(`EVENTS#${eventPartition(number)}`), sk: eventSortKey(number) }),
  };
}

export type StateKeys = ReturnType<typeof stateKeys>;
