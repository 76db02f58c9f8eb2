import * as z from 'zod';
import { WAKING_CHANGES } from '../../../lib/explain/cure.ts';
import { REJECTION_REASONS, RULE_NAMES } from '../../../lib/model/rejection.ts';
import { storedApp } from './app.ts';
import { pod } from './pod.ts';
import { launchDelay, launchRate } from './queue.ts';
import { count, pathId, port, resources, timestamp, uuid } from './values.ts';

const rule = z.enum(RULE_NAMES);
const wakes = z
  .array(z.enum(WAKING_CHANGES))
  .describe('Changes after which the scheduler looks again, and may find otherwise.');

const lack = z.strictObject({
  rule,
  reason: z.enum(REJECTION_REASONS).describe("Marathon's name for it, as in the queue."),
  detail: z.record(z.string(), z.union([z.string(), z.number()])).describe('The numbers and names behind it.'),
  cure: z.string().describe('What the agent would need.'),
  wakes,
});

/** Why instances that ask the same of an agent wait, and what would end it. */
export const explanation = z.strictObject({
  version: timestamp.describe('Of the definition that they were made from.'),
  instances: z.array(z.string()),
  agents: count.describe('Agents looked at: each refused.'),
  funnel: z
    .array(z.strictObject({ rule, processed: count, declined: count, wakes }))
    .describe('The rules in their order: each agent is lost once, at the first rule that refuses it.'),
  nearest: z
    .array(z.strictObject({ agent: z.string(), host: z.string(), lacks: z.array(lack) }))
    .describe('The agents that lack least, each with all that it lacks.'),
  cures: z.array(z.string()).describe('Each by itself would let one more instance start.'),
  wakes,
});

const agentDisk = z.strictObject({
  type: z.enum(['path', 'mount']),
  path: z.string(),
  size: z.number().describe('MiB.'),
  profile: z.string().optional(),
});

/** The capacity that all pending work lacks. */
export const lacking = z.strictObject({
  instances: count.describe('Instances of all apps and pods that no agent takes.'),
  considered: count.describe('Of how many of them the shapes speak.'),
  resources,
  shapes: z.array(
    z.strictObject({
      shape: z
        .strictObject({
          ...resources.shape,
          roles: z.array(z.string()),
          region: z.string(),
          fields: z.record(z.string(), z.string()).describe('Values of the fields that constraints ask for.'),
          disks: z.array(agentDisk).optional().describe('Besides the root disk; absent: none.'),
        })
        .describe('Of an agent that there is.'),
      agents: count.describe('So many further agents of this shape…'),
      instances: count.describe('…would take so many of the instances.'),
    }),
  ),
});

/** What waits of one app or pod, and why. */
export const explainedRunSpec = z.strictObject({
  id: pathId,
  waiting: count.describe('Instances that wait for a launch.'),
  delay: launchDelay,
  deployments: z
    .array(uuid)
    .describe('Running deployments that change it: their steps decide how many instances there are.'),
  obstacles: z
    .array(z.strictObject({ path: z.string(), text: z.string() }))
    .describe('Fields that keep this version of Stride from launching it.'),
  launchRate: launchRate.optional().describe('Of those that have a place; absent when there are none.'),
  unplaced: z.array(explanation).describe('Those that no agent takes: one entry for each kind of request.'),
});

export const explain = z.strictObject({ runSpecs: z.array(explainedRunSpec), lacking });

/** What would happen now if a definition were committed. */
export const simulation = z.strictObject({
  app: storedApp.optional(),
  pod: pod.optional(),
  starts: count.describe('Instances that its first step creates.'),
  stops: count.describe('Instances that its first step lets go at once.'),
  obstacles: explainedRunSpec.shape.obstacles,
  placements: z.array(
    z.strictObject({
      instance: z.string().describe('A name for this answer only.'),
      agent: z.string(),
      host: z.string(),
      hostPorts: z.array(port),
    }),
  ),
  launchRate: launchRate.optional(),
  unplaced: z.array(explanation),
  lacking,
});
