import type { Instance } from '../../../lib/model/instance.ts';
import type { Backoff } from '../../../lib/model/launch-queue.ts';
import type { OfferStatistics } from '../../../lib/model/offer-statistics.ts';
import type { RunSpec } from '../../../lib/model/run-spec.ts';
import { type Instant, toTimestamp } from '../../../lib/model/timestamp.ts';
import { launchDelay } from '../../../lib/queue/launch-delay.ts';
import type { LaunchRate } from '../../../lib/queue/launch-rate.ts';
import { funnelOf } from '../../../lib/queue/offer-statistics.ts';
import { given } from '../../../lib/schema/given.ts';
import { renderPod } from '../../../lib/schema/pod/render-pod.ts';
import { renderApp } from '../../../lib/schema/render-app.ts';

/** What is known of a run spec of which something waits. */
export interface QueueItem {
  readonly spec: RunSpec;
  /** Those that wait for a launch, or for the news of it: at least one. */
  readonly waiting: readonly Instance[];
  readonly backoff?: Backoff;
  /** Absent before the scheduler's first look in vain. */
  readonly offers?: OfferStatistics;
  /** Only with its embed, and only when something of it has a place. */
  readonly rate?: LaunchRate;
  readonly now: Instant;
}

function presentSummary(offers: OfferStatistics | undefined) {
  const last = offers?.last;
  const at = (instant: Instant | undefined) => (instant === undefined ? undefined : toTimestamp(instant));
  return given({
    processedOffersCount: offers?.processed ?? 0,
    unusedOffersCount: offers?.unused ?? 0,
    lastUnusedOfferAt: at(last?.at),
    lastUsedOfferAt: at(offers?.lastUsedAt),
    rejectSummaryLastOffers: funnelOf(last?.agents ?? 0, last?.byReason ?? {}),
    rejectSummaryLaunchAttempt: funnelOf(offers?.processed ?? 0, offers?.byReason ?? {}),
  });
}

/** One item of `GET /v2/queue` (responses.md §8). `unusedOffers` only with its embed. */
export function presentQueueItem(
  { spec, waiting, backoff, offers, rate, now }: QueueItem,
  unusedOffers?: readonly unknown[],
) {
  return given({
    count: waiting.length,
    role: spec.role,
    delay: launchDelay(backoff, now),
    since: toTimestamp(waiting.reduce((earliest, { since }) => Math.min(earliest, since), now)),
    processedOffersSummary: presentSummary(offers),
    lastUnusedOffers: unusedOffers,
    launchRate: rate,
    ...(spec.kind === 'app' ? { app: renderApp(spec) } : { pod: renderPod(spec) }),
  });
}
