import type { Agent } from '../model/agent.ts';
import type { ClusterSnapshot } from '../model/schedule.ts';
import { PlacementIndex } from './placement-index.ts';
import { SpecStates } from './spec-states.ts';

/** Beyond this many changes per agent, reading all anew is cheaper than keeping the account. */
const CHANGES_PER_AGENT = 100;

/**
 * What one plan can leave to the next: the indexed agents, and which run specs no agent took. Never changes a plan,
 * only its cost. Refusals of a plan must be read before the next plan with the same memory.
 */
export class PlacementMemory {
  #kept: { readonly index: PlacementIndex; readonly states: SpecStates } | undefined;

  /** The agents and states to plan with. */
  prepare(snapshot: ClusterSnapshot): { readonly index: PlacementIndex; readonly states: SpecStates } {
    if (this.#kept === undefined || !this.#isCurrent(this.#kept.index, snapshot)) {
      const index = new PlacementIndex(snapshot.agents, snapshot.ranking);
      this.#kept = { index, states: new SpecStates(index) };
    }
    this.#kept.states.begin(snapshot);
    return this.#kept;
  }

  /**
   * Tells of one changed agent, so that a next snapshot with the very same list of agents need not be looked through.
   * An agent that is new, or changed in more than claims and what others use, makes the next plan begin anew.
   */
  tell(agent: Agent): void {
    if (this.#kept?.index.table.replace(agent) === false) this.#kept = undefined;
  }

  #isCurrent(index: PlacementIndex, { agents, ranking }: ClusterSnapshot): boolean {
    if (index.table.ranking !== ranking) return false;
    return index.table.changes.length <= CHANGES_PER_AGENT * (agents.length + 1) && index.update(agents);
  }
}
