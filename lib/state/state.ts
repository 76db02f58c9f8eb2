import type { Item, Store } from '../gateways/store.ts';
import type { Outbox } from '../model/outbox.ts';
import { createAgents } from './agents.ts';
import { createArtifacts } from './artifacts.ts';
import { createCoordination } from './coordination.ts';
import { createDefinitions } from './definitions.ts';
import { createDeploymentHistory } from './deployment-history.ts';
import { createEndedTasks } from './ended-tasks.ts';
import { createInstances } from './instances.ts';
import { stateKeys } from './keys.ts';
import { createLogLevels } from './log-levels.ts';
import { createOffers } from './offers.ts';
import { announce, readOutbox } from './outbox.ts';
import { createProbing } from './probing.ts';
import { createTicks } from './ticks.ts';

/** All repositories of the state table of one scheduler. */
export function createState(store: Store, scheduler: string) {
  const keys = stateKeys(scheduler);
  return {
    definitions: createDefinitions(store, keys),
    instances: createInstances(store, keys),
    agents: createAgents(store, keys),
    coordination: createCoordination(store, keys),
    offers: createOffers(store, keys),
    ticks: createTicks(store, keys),
    endedTasks: createEndedTasks(store, keys),
    deploymentHistory: createDeploymentHistory(store, keys),
    probing: createProbing(store, keys),
    artifacts: createArtifacts(store, keys),
    logLevels: createLogLevels(store, keys),
    /** Announces what changed nothing. `id` names the announcement: one that was made is not made again. */
    announce: (id: string, outbox: Outbox): Promise<void> => announce(store, keys.announcement(id), outbox),
    /** What the last write of an item announced; undefined when it announced nothing. */
    readOutbox: (item: Item): Promise<Outbox | undefined> => readOutbox(store, item),
  };
}

export type State = ReturnType<typeof createState>;
