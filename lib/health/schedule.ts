import type { HealthCheck } from '../model/run-spec.ts';
import { spread } from '../model/spread.ts';
import type { Instant } from '../model/timestamp.ts';
import { isAgentRun } from './kinds.ts';

/** The first probe of a task comes within this time of its start, or within one interval if that is shorter. */
const FIRST_WITHIN = 5_000;
/** An interval of 0 would leave no pause between probes. */
const SHORTEST_INTERVAL = 1_000;

export const intervalOf = ({ intervalSeconds }: Pick<HealthCheck, 'intervalSeconds'>): number =>
  Math.max(SHORTEST_INTERVAL, intervalSeconds * 1000);

/** A number in [0, 1) that is the same for equal texts; mixed, since keys of checks differ in their ends alone. */
export function stableFraction(text: string): number {
  let hash = spread(text);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/**
 * The first moment after `after` at which the check named `key` is due. Each key has its place in the interval, so that
 * many checks spread over it and every prober comes to the same times.
 */
export function nextSlot(key: string, interval: number, after: Instant): Instant {
  const offset = stableFraction(key) * interval;
  return offset + Math.floor((after - offset) / interval + 1) * interval;
}

/**
 * When a check of a task that runs since `since` is due first: soon, so that deployments need not wait an interval
 * (Marathon: within 5 s; on the agent: after `delaySeconds`).
 */
export function firstProbeAt(
  key: string,
  since: Instant,
  check: Pick<HealthCheck, 'intervalSeconds'> & Partial<Pick<HealthCheck, 'protocol' | 'delaySeconds'>>,
): Instant {
  const { protocol, delaySeconds = 0 } = check;
  const delay = protocol !== undefined && isAgentRun(protocol) ? delaySeconds * 1000 : 0;
  return since + delay + stableFraction(key) * Math.min(intervalOf(check), FIRST_WITHIN);
}

/**
 * When the check is due next, after a probe that was due at `due` and has ended. The first step onto the check's own
 * times takes between half an interval and one and a half; a probe that took longer than an interval skips what it missed.
 */
export const nextProbeAt = (key: string, interval: number, due: Instant, now: Instant): Instant =>
  nextSlot(key, interval, Math.max(due + interval / 2, now));
