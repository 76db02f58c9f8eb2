import type { RefusalSummary } from '../model/launch-queue.ts';
import type { Refusals } from '../model/schedule.ts';
import type { Instant } from '../model/timestamp.ts';

/** What the queue keeps of the refusals of one moment: how many agents said no, by their first reason. */
export function summarizeRefusals({ agents, byReason }: Refusals, at: Instant): RefusalSummary {
  return { at, agents, byReason };
}
