import type { Store } from '../gateways/store.ts';
import { createAgents } from './agents.ts';
import { createCoordination } from './coordination.ts';
import { createDefinitions } from './definitions.ts';
import { createInstances } from './instances.ts';
import { stateKeys } from './keys.ts';

/** All repositories of the state table of one scheduler. */
export function createState(store: Store, scheduler: string) {
  const keys = stateKeys(scheduler);
  return {
    definitions: createDefinitions(store, keys),
    instances: createInstances(store, keys),
    agents: createAgents(store, keys),
    coordination: createCoordination(store, keys),
  };
}

export type State = ReturnType<typeof createState>;
