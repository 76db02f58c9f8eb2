import * as z from 'zod';
import { taskState } from './task.ts';
import { amount, pathId, timestamp } from './values.ts';

const endedTask = z.strictObject({
  id: z.string(),
  appId: pathId,
  instance: z.string(),
  version: timestamp.describe('Of the app it was started from.'),
  host: z.string().describe('Host of the agent.'),
  slaveId: z.string().optional().describe('Id of the agent.'),
  state: taskState.describe('`TASK_UNREACHABLE`: given up with its agent.'),
  started: timestamp.optional().describe('Absent: it never ran.'),
  ended: timestamp,
  durationSeconds: amount.optional(),
  exitCode: z.int().optional(),
  reason: z.string().optional().describe('Why it ended.'),
  output: z
    .strictObject({ stdout: z.string(), stderr: z.string() })
    .optional()
    .describe('Paths of what it printed, as long as that is kept.'),
});

export const endedTaskList = z.strictObject({
  tasks: z.array(endedTask).describe('Those that ended last first.'),
  next: z.string().optional().describe('Where the next page begins: its `after`. Absent on the last page.'),
});
