import * as z from 'zod';
import { app } from './app.ts';
import { podStatus } from './pod-status.ts';
import { pathId, timestamp } from './values.ts';

/** A group with what `embed` asks for (responses.md §6). */
export const group = z.strictObject({
  id: pathId,
  apps: z.array(app).describe('Right below the group.'),
  pods: z.array(podStatus).describe('Right below the group.'),
  get groups(): z.ZodArray<typeof group> {
    return z.array(group).describe('Right below the group.');
  },
  dependencies: z.array(pathId).describe('Apps and groups that every app of the group waits for.'),
  version: timestamp.describe('Of the last change of anything.'),
  enforceRole: z.boolean().optional().describe('Top-level groups only.'),
});
