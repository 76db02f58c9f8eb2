import { outcomeUnknown, tryAgain } from '../../../lib/errors/catalogue.ts';
import { StoreUnavailable } from '../../../lib/gateways/store.ts';
import type { Outbox } from '../../../lib/model/outbox.ts';
import type { Root } from '../../../lib/model/root.ts';
import type { Versioned } from '../../../lib/state/items.ts';
import { type DefinitionsView, loadDefinitions } from './definitions-view.ts';
import type { ChangeDeps } from './deps.ts';

/**
 * A lost race is a fresh read and a new try; after this many the client gets a 503. Each race has a winner, but fifty
 * writers at once need many of them where a write is slow: eight tries were too few for some.
 */
const ATTEMPTS = 16;
/** Upper bound of the pause after the first lost race; doubled each time up to the longest. Milliseconds. */
const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 1_000;

/** The root that a writer wants, what its commit announces, and what the writer is told then. */
export interface RootChange<T> {
  readonly root: Root;
  readonly outbox: Outbox;
  readonly value: T;
}

export interface RootWriter<T> {
  /** Decides under the present definitions, and puts all that the new root refers to. Asked again after a lost race. */
  readonly decide: (view: DefinitionsView) => Promise<RootChange<T>>;
  /** Whether a later root shows that a change without an answer was committed. */
  readonly isCommitted: (root: Root, value: T) => boolean;
}

type SwapOutcome = 'committed' | 'lost' | 'open';

/** Swaps the root. `open`: the store did not say whether it did. */
async function swap<T>({ state }: ChangeDeps, root: Versioned<Root>, change: RootChange<T>): Promise<SwapOutcome> {
  try {
    return (await state.definitions.swapRoot(change.root, root.rev, change.outbox)) ? 'committed' : 'lost';
  } catch (error) {
    if (error instanceof StoreUnavailable) return 'open';
    throw error;
  }
}

/**
 * Swaps the root for a decided one: the commit of every write of the API (design §4). Throws AppErrors: what `decide`
 * refuses, 503 when other writers were first too often. A swap without an answer is looked for under the next root;
 * when that cannot be read either, the 503 says that the outcome is unknown.
 */
export async function commitRoot<T>(deps: ChangeDeps, { decide, isCommitted }: RootWriter<T>): Promise<T> {
  const { state, clock, ids } = deps;
  const open: T[] = [];
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const view = await loadDefinitions(state);
      const committed = open.find((value) => isCommitted(view.root.value, value));
      if (committed !== undefined) return committed;
      const change = await decide(view);
      const outcome = await swap(deps, view.root, change);
      if (outcome === 'committed') return change.value;
      if (outcome === 'open') open.push(change.value);
      await clock.sleep(ids.random() * Math.min(FIRST_PAUSE * 2 ** attempt, LONGEST_PAUSE));
    }
  } catch (error) {
    throw open.length > 0 && error instanceof StoreUnavailable ? outcomeUnknown(error) : error;
  }
  throw open.length > 0 ? outcomeUnknown() : tryAgain('Too many changes were made at the same time.');
}
