import { expect } from 'vitest';
import * as z from 'zod';

/** The check of a sick task, as every client shows it. */
export const FAILING = {
  alive: false,
  consecutiveFailures: expect.toBeOneOf([1, 2, 3]),
  lastFailureCause: '500 Internal Server Error',
};

/** What became of a task whose check failed as often as the definition allows. */
export const KILLED_FOR_HEALTH = {
  appId: '/clients/sound',
  message: 'Task was killed since health check failed. Reason: 500 Internal Server Error',
  state: 'TASK_KILLED',
};

/** How many failures in a row the runs allow. */
const FAILURES = 4;

const failure = z.object({
  eventType: z.literal('failed_health_check_event'),
  appId: z.literal('/clients/sound'),
  healthCheck: z.object({ path: z.literal('/health'), maxConsecutiveFailures: z.literal(FAILURES) }),
});

/** Whether exactly the failures that kill were told, each with its check: no other check of the run fails one that counts. */
export function expectFailures(events: readonly unknown[]): void {
  const told = z.object({ eventType: z.string() });
  const failures = events.filter((event) => told.parse(event).eventType === 'failed_health_check_event');
  expect(failures).toHaveLength(FAILURES);
  for (const event of failures) expect(() => failure.parse(event)).not.toThrow();
}
