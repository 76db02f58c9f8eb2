import * as z from 'zod';
import { REJECTION_REASONS } from '../../../lib/model/rejection.ts';
import { storedApp } from './app.ts';
import { pod } from './pod.ts';
import { amount, count, port, timestamp } from './values.ts';

const reason = z.enum(REJECTION_REASONS);

/** All reasons, in funnel order. */
const funnel = z.array(z.strictObject({ reason, declined: count, processed: count }));

const unusedOffer = z.strictObject({
  offer: z.strictObject({
    id: z.string(),
    hostname: z.string(),
    agentId: z.string(),
    resources: z.array(
      z.union([
        z.strictObject({ name: z.string(), role: z.string(), scalar: amount }),
        z.strictObject({
          name: z.string(),
          role: z.string(),
          ranges: z.array(z.strictObject({ begin: port, end: port })),
        }),
      ]),
    ),
    attributes: z.array(z.strictObject({ name: z.string(), text: z.string() })),
  }),
  reason: z.array(reason),
  timestamp,
});

export const launchDelay = z.strictObject({
  timeLeftSeconds: count,
  overdue: z.boolean().describe('Nothing delays it: it waits for an agent that can take it.'),
});

/** When launches come, as far as the limit of ECS's calls decides it. */
export const launchRate = z.strictObject({
  instances: count.describe('Instances that wait and have a place.'),
  position: count.describe('Place of the first of them among all launches to come, from 1.'),
  secondsUntilFirst: amount.describe('Until the first may be launched, at the earliest.'),
  secondsUntilLast: amount.describe('Until the last may be launched, at the earliest.'),
});

/** What waits of a run spec, and why (responses.md §8): `app` or `pod` is its definition. */
export const queueItem = z.strictObject({
  count: count.describe('Instances that wait for a launch.'),
  role: z.string(),
  delay: launchDelay,
  since: timestamp,
  processedOffersSummary: z.strictObject({
    processedOffersCount: count,
    unusedOffersCount: count,
    lastUnusedOfferAt: timestamp.optional(),
    lastUsedOfferAt: timestamp.optional(),
    rejectSummaryLastOffers: funnel,
    rejectSummaryLaunchAttempt: funnel,
  }),
  lastUnusedOffers: z.array(unusedOffer).optional(),
  launchRate: launchRate.optional().describe('With `embed=launchRate`; absent while nothing of it has a place.'),
  app: storedApp.optional(),
  pod: pod.optional(),
});

export const queue = z.strictObject({ queue: z.array(queueItem) });
