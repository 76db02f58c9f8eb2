import type { AgentId } from './ids.ts';
import type { PathId } from './path-id.ts';
import type { RejectionReason } from './rejection.ts';
import type { Instant } from './timestamp.ts';

/** Agents by the first reason for which they refused (scheduling.md §3.2). */
export type ReasonCounts = Readonly<Partial<Record<RejectionReason, number>>>;

/** The last look at all agents for a run spec that found no place. */
export interface LastLook {
  readonly at: Instant;
  /** Agents looked at: each refused. */
  readonly agents: number;
  readonly byReason: ReasonCounts;
  /** Who refused for what, for as many agents as are kept. */
  readonly refusedBy: readonly { readonly agent: AgentId; readonly reason: RejectionReason }[];
}

/**
 * What a run spec's present attempt to launch has met with, as `GET /v2/queue` shows it. Marathon counts offers; an
 * offer here is a look of the scheduler at one agent. The attempt ends when nothing of the run spec waits any more.
 */
export interface OfferStatistics {
  readonly runSpec: PathId;
  readonly processed: number;
  readonly unused: number;
  readonly lastUsedAt?: Instant;
  readonly byReason: ReasonCounts;
  readonly last: LastLook;
}
