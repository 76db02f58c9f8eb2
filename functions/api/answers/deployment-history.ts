import * as z from 'zod';
import { DEPLOYMENT_STATES } from '../presenters/deployment-history.ts';
import { actionOf } from './deployment.ts';
import { amount, count, pathId, timestamp, uuid } from './values.ts';

const durationSeconds = amount.describe('Up to now while it runs.').optional();

const pastStep = z.strictObject({
  actions: z.array(actionOf),
  started: timestamp.optional().describe('Absent: not reached.'),
  ended: timestamp.optional(),
  durationSeconds,
  waitsFor: z.array(z.string()).optional().describe('Of the step that runs: all that it waits for.'),
});

/** A deployment that runs, or that ended in the last thirty days. */
const pastDeployment = z.strictObject({
  id: uuid,
  version: timestamp,
  affected: z.array(pathId).describe('Apps and pods that it changes.'),
  outcome: z.enum(DEPLOYMENT_STATES).describe('`ending`: it is over, and how will be known in a moment.'),
  reason: z.string().optional().describe('Why it did not succeed.'),
  replacedBy: uuid.optional().describe('The deployment that took its place.'),
  undoes: uuid.optional().describe('The deployment that it takes back.'),
  started: timestamp,
  ended: timestamp.optional(),
  durationSeconds,
  deadline: z
    .strictObject({ seconds: count, action: z.enum(['rollback', 'fail']), at: timestamp })
    .optional()
    .describe('What becomes of it when it is not done in time.'),
  steps: z.array(pastStep),
});

export const deploymentHistory = z.strictObject({
  deployments: z.array(pastDeployment).describe('Those that began last first.'),
  next: z.string().optional().describe('Where the next page begins: its `after`. Absent on the last page.'),
});
