import { expect } from 'vitest';
import * as z from 'zod';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** Values that differ with every run, by their form. */
export const anId = expect.stringMatching(new RegExp(`^${UUID}$`));
export const aVersion = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/);
export const aHost = expect.stringMatching(/^127\.0\.0\.\d+$/);
export const anAgentId = expect.stringMatching(/^i-[0-9a-f]{17}$/);
export const anAgentPort = expect.toSatisfy((port) => port >= 31_000 && port <= 32_000, 'a port of the agent');

/** The task id of an app, which is written with underscores. */
export const aTaskId = (app: string) => expect.stringMatching(new RegExp(`^${app}\\.instance-${UUID}\\._app\\.\\d+$`));

/** What every accepted change answers. */
export const aDeployment = { version: aVersion, deploymentId: anId };

const TERMINAL = new Set(['TASK_KILLED', 'TASK_FAILED', 'TASK_FINISHED']);
const taskEvent = z.object({ eventType: z.literal('status_update_event'), taskId: z.string(), taskStatus: z.string() });

/**
 * The ways that tasks took from RUNNING on, each once, by their `status_update_event`s, as `A > B`: whether a task was
 * seen while it staged is chance. A task that has not ended is a way too.
 */
export function waysOfTasks(events: readonly unknown[]): readonly string[] {
  const ways = new Map<string, string[]>();
  for (const event of events) {
    const { data } = taskEvent.safeParse(event);
    if (data === undefined) continue;
    const way = ways.get(data.taskId) ?? [];
    ways.set(data.taskId, [...way, data.taskStatus]);
  }
  const told = [...ways.values()].map((way) => {
    const known = way.filter((state) => state !== 'TASK_STAGING' && state !== 'TASK_STARTING');
    return TERMINAL.has(known.at(-1) ?? '') ? known.join(' > ') : `${known.join(' > ')} > …`;
  });
  return [...new Set(told)].toSorted();
}
