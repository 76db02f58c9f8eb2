import type { Instance } from '../model/instance.ts';
import type { Backoff, LaunchQueueEntry } from '../model/launch-queue.ts';
import type { RunSpec } from '../model/run-spec.ts';
import type { Instant } from '../model/timestamp.ts';
import { advancesDelay, afterFailure, afterQuiet, afterStart, raisesDelay } from './backoff.ts';

/** The entry of a run spec that the queue does not know yet. */
export function newQueueEntry(spec: RunSpec): LaunchQueueEntry {
  return {
    runSpec: spec.id,
    configVersion: spec.versionInfo.lastConfigChangeAt,
    counted: [],
    pending: [],
    doomed: [],
  };
}

/** No delay from now on: `DELETE /v2/queue/{id}/delay`, a rolling replacement, a stop, a drained agent (scheduling.md §5.1). */
export function resetDelay(entry: LaunchQueueEntry): LaunchQueueEntry {
  const { backoff: _, ...rest } = entry;
  return rest;
}

/**
 * What becomes of instances of another configuration: a deployment replaces them, or will in a later step, or nobody
 * does, and one that ends is launched again as it was.
 */
export type FormerInstances = 'replaced' | 'waiting' | 'kept';

/**
 * Brings the backoff up to date with what the instances show: each failure counts once, in the order of time; starts
 * move it; quiet ends it. Instances of another configuration matter only as long as they are launched again, and a new
 * configuration starts without a delay. Applying it again to the same instances changes nothing, so a tick may die and
 * be repeated.
 */
export function observeInstances(
  entry: LaunchQueueEntry,
  spec: RunSpec,
  instances: readonly Instance[],
  now: Instant,
  former: FormerInstances = 'replaced',
): LaunchQueueEntry {
  const configVersion = former === 'waiting' ? entry.configVersion : spec.versionInfo.lastConfigChangeAt;
  const known = entry.configVersion === configVersion ? entry : { ...resetDelay(entry), configVersion, counted: [] };
  const current = instances
    .filter((instance) => former === 'kept' || instance.configVersion === configVersion)
    .sort((a, b) => a.since - b.since);
  const counted = new Set(known.counted);
  let backoff = known.backoff;
  for (const { condition, since, launch } of current) {
    if (advancesDelay(condition)) {
      backoff = afterStart(afterQuiet(backoff, spec.backoff, since), since);
    } else if (raisesDelay(condition) && launch !== undefined && !counted.has(launch.id)) {
      backoff = afterFailure(afterQuiet(backoff, spec.backoff, since), spec.backoff, since);
    }
  }
  return {
    ...withBackoff(known, afterQuiet(backoff, spec.backoff, now)),
    counted: current.flatMap(({ condition, launch }) =>
      raisesDelay(condition) && launch !== undefined ? [launch.id] : [],
    ),
  };
}

function withBackoff(entry: LaunchQueueEntry, backoff: Backoff | undefined): LaunchQueueEntry {
  return backoff === undefined ? resetDelay(entry) : { ...entry, backoff };
}
