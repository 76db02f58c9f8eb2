import type { Rejection, RejectionReason } from '../model/rejection.ts';
import type { Refusals } from '../model/schedule.ts';
import { countRefusals } from './count-refusals.ts';
import type { LaunchRequest } from './launch-request.ts';
import type { PlacementIndex } from './placement-index.ts';
import { allRefusals, firstRefusal, RULES } from './rules/first-refusal.ts';

/** Every agent's no to one request, as a plan leaves the agents; worked out when asked for. */
export class PlannedRefusals implements Refusals {
  readonly #index: PlacementIndex;
  readonly #request: LaunchRequest;
  readonly #updates: number;
  #byRule: Refusals['byRule'] | undefined;

  constructor(index: PlacementIndex, request: LaunchRequest) {
    this.#index = index;
    this.#request = request;
    this.#updates = index.updates;
  }

  get agents(): number {
    return this.#index.table.size;
  }

  get byRule(): Refusals['byRule'] {
    this.#byRule ??= countRefusals(this.#current(), this.#request);
    return this.#byRule;
  }

  get byReason(): Refusals['byReason'] {
    const counts: Partial<Record<RejectionReason, number>> = {};
    for (const { name, reason } of RULES) {
      const count = this.byRule[name];
      if (count !== undefined) counts[reason] = (counts[reason] ?? 0) + count;
    }
    return counts;
  }

  list(): readonly Rejection[] {
    const index = this.#current();
    return index.table.agents.flatMap((_, rank) => firstRefusal(this.#request, index.candidate(rank)) ?? []);
  }

  listAll(): readonly (readonly Rejection[])[] {
    const index = this.#current();
    return index.table.agents.map((_, rank) => allRefusals(this.#request, index.candidate(rank)));
  }

  #current(): PlacementIndex {
    if (this.#index.updates === this.#updates) return this.#index;
    throw new Error('refusals are read before the next plan with the same memory');
  }
}
