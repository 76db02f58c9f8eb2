import type { Backoff } from '../model/launch-queue.ts';
import type { Instant } from '../model/timestamp.ts';

/** What `GET /v2/queue` shows as `delay`. */
export interface LaunchDelay {
  /** Whole seconds; 0 when the launch is allowed. */
  readonly timeLeftSeconds: number;
  /** No delay, or past by at least a second. */
  readonly overdue: boolean;
}

/** When the next launch is allowed; undefined: at once. */
export function launchAllowedAt(backoff: Backoff | undefined): Instant | undefined {
  return backoff === undefined ? undefined : backoff.reference + backoff.delayMs;
}

export function mayLaunch(backoff: Backoff | undefined, now: Instant): boolean {
  return timeLeft(backoff, now) === 0;
}

/** Milliseconds until the next launch is allowed, with fractions; 0 when it is. */
export function timeLeft(backoff: Backoff | undefined, now: Instant): number {
  return Math.max(0, (launchAllowedAt(backoff) ?? now) - now);
}

export function launchDelay(backoff: Backoff | undefined, now: Instant): LaunchDelay {
  const until = launchAllowedAt(backoff);
  return {
    timeLeftSeconds: Math.trunc(timeLeft(backoff, now) / 1000),
    overdue: until === undefined || now - until >= 1000,
  };
}
