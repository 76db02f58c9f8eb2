import type { InstanceId, LaunchId } from './ids.ts';
import type { PathId } from './path-id.ts';
import type { TaskFailure } from './task-failure.ts';
import type { Instant, Timestamp } from './timestamp.ts';

/** The delay of a run spec's launches: the next is allowed at `reference + delayMs`. */
export interface Backoff {
  /** Milliseconds, with fractions. */
  readonly delayMs: number;
  /** The last failure or start. */
  readonly reference: Instant;
}

/** What the scheduler remembers of a run spec between ticks. One item per run spec. */
export interface LaunchQueueEntry {
  readonly runSpec: PathId;
  /** `lastConfigChangeAt` that the backoff belongs to: a new configuration starts without a delay. */
  readonly configVersion: Timestamp;
  readonly backoff?: Backoff;
  /** Launches whose failure is already in the backoff, so that a repeated tick never counts one twice. */
  readonly counted: readonly LaunchId[];
  /** Instances decided upon, maybe not yet written: a tick that died half-way is finished, not repeated. */
  readonly pending: readonly InstanceId[];
  /** Instances decided to be decommissioned, maybe not yet written. */
  readonly doomed: readonly InstanceId[];
  readonly lastTaskFailure?: TaskFailure;
}
