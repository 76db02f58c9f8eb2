import type { Clock } from '../../../lib/gateways/clock.ts';
import type { IdSource } from '../../../lib/gateways/id-source.ts';
import type { SchedulerConfig } from '../../../lib/model/config.ts';
import type { State } from '../../../lib/state/state.ts';
import type { Log } from '../log.ts';

/** What a writer of definitions works with. */
export interface ChangeDeps {
  readonly state: State;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly config: SchedulerConfig;
  readonly log: Log;
}
