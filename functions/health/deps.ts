import type { Clock } from '../../lib/gateways/clock.ts';
import type { IdSource } from '../../lib/gateways/id-source.ts';
import type { Probes } from '../../lib/gateways/probes.ts';
import type { InstanceId } from '../../lib/model/ids.ts';
import type { State } from '../../lib/state/state.ts';
import type { Log } from '../runtime/log.ts';
import type { Lanes } from './lanes.ts';

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
}

/** What the watches of one run of the prober share. */
export interface WatchDeps extends HealthDeps {
  readonly lanes: Lanes;
  /** Aborted when no probe is to begin any more; those under way are still told. */
  readonly ending: AbortSignal;
}
