import type { OfferStatistics, ReasonCounts } from '../model/offer-statistics.ts';
import type { PathId } from '../model/path-id.ts';
import { REJECTION_REASONS } from '../model/rejection.ts';
import type { Refusals } from '../model/schedule.ts';
import type { Instant } from '../model/timestamp.ts';

/** Agents remembered by name of one look: more do not help whoever reads them, and an item has its limit. */
const REMEMBERED_AGENTS = 1_000;
/** A look that shows what the last one did is counted this often at most, so that waiting costs few writes. Milliseconds. */
const REPEATED_EVERY = 30_000;

/** What one pass did for a run spec of which something still waits. */
export interface Look {
  readonly runSpec: PathId;
  /** Agents that took an instance. */
  readonly used: number;
  readonly refusals: Pick<Refusals, 'agents' | 'byReason' | 'list'>;
}

function addCounts(a: ReasonCounts, b: ReasonCounts): ReasonCounts {
  const counted = REJECTION_REASONS.flatMap((reason) => {
    const sum = (a[reason] ?? 0) + (b[reason] ?? 0);
    return sum === 0 ? [] : [[reason, sum] as const];
  });
  return Object.fromEntries(counted);
}

const sameCounts = (a: ReasonCounts, b: ReasonCounts): boolean =>
  REJECTION_REASONS.every((reason) => (a[reason] ?? 0) === (b[reason] ?? 0));

/** Whether a look is worth a write: it shows something else than the last one, or that one is a while ago. */
export function isNews(before: OfferStatistics | undefined, { used, refusals }: Look, now: Instant): boolean {
  if (before === undefined || used > 0 || now - before.last.at >= REPEATED_EVERY) return true;
  return before.last.agents !== refusals.agents || !sameCounts(before.last.byReason, refusals.byReason);
}

/** The statistics after one more look; `before` is absent when the attempt begins. */
export function countLook(before: OfferStatistics | undefined, look: Look, now: Instant): OfferStatistics {
  const { runSpec, used, refusals } = look;
  const lastUsedAt = used > 0 ? now : before?.lastUsedAt;
  return {
    runSpec,
    processed: (before?.processed ?? 0) + used + refusals.agents,
    unused: (before?.unused ?? 0) + refusals.agents,
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    byReason: addCounts(before?.byReason ?? {}, refusals.byReason),
    last: {
      at: now,
      agents: refusals.agents,
      byReason: refusals.byReason,
      refusedBy: refusals
        .list()
        .slice(0, REMEMBERED_AGENTS)
        .map(({ agent, reason }) => ({ agent, reason })),
    },
  };
}

/** One line of the funnel: how many offers reached a reason, and how many ended there. */
export interface FunnelStep {
  readonly reason: (typeof REJECTION_REASONS)[number];
  readonly declined: number;
  readonly processed: number;
}

/** Always all reasons in Marathon's order; each begins with what the reasons before it left (responses.md §8). */
export function funnelOf(processed: number, byReason: ReasonCounts): readonly FunnelStep[] {
  let left = processed;
  return REJECTION_REASONS.map((reason) => {
    const step = { reason, declined: byReason[reason] ?? 0, processed: left };
    left -= step.declined;
    return step;
  });
}
