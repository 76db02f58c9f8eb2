import * as z from 'zod';
import { RULE_NAMES } from '../../../lib/model/rejection.ts';
import { count, pathId, port, timestamp } from './values.ts';

/** One pass of the scheduler that changed something. */
export const tickRecord = z.strictObject({
  id: z.string(),
  at: timestamp,
  fence: count.describe('Of the lease that the pass had.'),
  walk: z.boolean().describe('It looked at everything, as the passes of the timer do.'),
  digest: z.string().describe('Of what the plan was made from.'),
  changed: z.array(pathId).describe('Apps and pods of which instances were created, let go or ended.'),
  agents: count,
  placed: count.describe('Instances that got a place.'),
  launched: count.describe('Of these, those that were launched in this pass.'),
  unplaced: count.describe('Instances that no agent took.'),
  replayable: z.boolean().describe('Plan and inputs are kept: something was to be placed, and it was not too much.'),
});

export const tickList = z.strictObject({
  ticks: z.array(tickRecord).describe('The newest first.'),
  next: z.string().optional().describe('Where the next page begins: its `after`. Absent on the last page.'),
});

export const tick = z.strictObject({
  ...tickRecord.shape,
  plan: z
    .strictObject({
      placements: z.array(
        z.strictObject({
          instance: z.string(),
          runSpec: pathId,
          agent: z.string(),
          hostPorts: z.array(port),
          disks: z
            .array(z.strictObject({ path: z.string(), size: z.number().describe('MiB.') }))
            .optional()
            .describe('Of the path and mount disks of the agent; absent: none.'),
        }),
      ),
      unplaced: z.array(
        z.strictObject({
          runSpec: pathId,
          instances: z.array(z.string()),
          agents: count.describe('How many refused.'),
          byRule: z.partialRecord(z.enum(RULE_NAMES), count),
        }),
      ),
    })
    .optional(),
  data: z
    .string()
    .optional()
    .describe('With `embed=data`: inputs and plan as the scheduler keeps them, JSON in gzip in base64. For replays.'),
});
