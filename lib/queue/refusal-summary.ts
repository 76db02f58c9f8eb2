import type { RefusalSummary } from '../model/launch-queue.ts';
import type { Rejection, RejectionReason } from '../model/rejection.ts';
import type { Instant } from '../model/timestamp.ts';

/** Counts the agents that refused an instance by their first reason. */
export function summarizeRefusals(rejections: readonly Rejection[], at: Instant): RefusalSummary {
  const byReason: Partial<Record<RejectionReason, number>> = {};
  for (const { reason } of rejections) byReason[reason] = (byReason[reason] ?? 0) + 1;
  return { at, agents: rejections.length, byReason };
}
