import type { Clock } from '../../lib/gateways/clock.ts';
import type { IdSource } from '../../lib/gateways/id-source.ts';
import type { Probes } from '../../lib/gateways/probes.ts';
import type { InstanceId } from '../../lib/model/ids.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import type { State } from '../../lib/state/state.ts';
import type { Log } from '../runtime/log.ts';
import type { Lanes } from './lanes.ts';
import type { Timetable } from './timetable.ts';

/** Hears of each probe how late it began, in milliseconds. */
export type ProbeMeter = (instance: InstanceId, lagMs: number) => void;

/** Everything that the prober touches. */
export interface HealthDeps {
  readonly state: State;
  readonly probes: Probes;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Log;
  /** Among how many probers the tasks are divided. */
  readonly shards: number;
  readonly meter: ProbeMeter;
  /** Probes at once. */
  readonly room: number;
}

/** Where a prober begins: probes that were due up to `from` are not its own. */
export interface Takeover {
  readonly from: Instant;
  /** Another has asked up to then, so nothing is left out; else what fell due while tasks were read is. */
  readonly handedOver: boolean;
}

/** What the watches of one run of the prober share. */
export interface WatchDeps extends HealthDeps {
  readonly lanes: Lanes;
  /** When it ends, no probe begins any more; those under way are still told. */
  readonly timetable: Timetable;
  /** Questions and writes under way: what is to be waited for at the end. */
  readonly underWay: Set<Promise<void>>;
}
