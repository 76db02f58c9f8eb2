import type { DeploymentRecord } from './deployment.ts';
import type { PathId } from './path-id.ts';
import type { Timestamp } from './timestamp.ts';

/** An event in Marathon's wire form: what subscribers and the bus get. */
export interface MarathonEvent {
  readonly eventType: string;
  readonly timestamp: Timestamp;
  readonly [field: string]: unknown;
}

/**
 * What a change must announce, stored in the same write as the change (design principle 3). The table's stream
 * carries it to the publisher; each write replaces or removes the outbox of the write before.
 */
export interface Outbox {
  readonly events: readonly MarathonEvent[];
  /** Run specs that the next tick must look at. */
  readonly dirty: readonly PathId[];
  /** Whether the tick is to be woken. False for the tick's own writes. */
  readonly wake: boolean;
  /** Deployments that began or ended with it, for their history. */
  readonly deployments?: readonly DeploymentRecord[];
}

/** A published event and its place in the log. */
export interface LoggedEvent {
  readonly number: number;
  /** Deterministic: equal when the stream repeats a change. */
  readonly id: string;
  readonly event: MarathonEvent;
}

/** Detail type and shape of the event that starts a prober for one shard of the tasks. */
export const PROBE_DETAIL_TYPE = 'probe';
export interface ProbeDetail {
  readonly scheduler: string;
  readonly shard: number;
}

/** Detail type and shape of the one event that wakes the tick. */
export const WAKE_DETAIL_TYPE = 'wake';
export interface WakeDetail {
  readonly scheduler: string;
}
