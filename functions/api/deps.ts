import type { Clock } from '../../lib/gateways/clock.ts';
import type { IdSource } from '../../lib/gateways/id-source.ts';
import type { TaskFiles } from '../../lib/gateways/task-files.ts';
import type { SchedulerConfig } from '../../lib/model/config.ts';
import type { State } from '../../lib/state/state.ts';
import type { Log } from '../runtime/log.ts';
import type { RequestMetrics } from './request-metrics.ts';

/** Everything outside that the API touches. */
export interface ApiGateways {
  readonly state: State;
  readonly taskFiles: TaskFiles;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly config: SchedulerConfig;
  readonly log: Log;
}

/** What handlers work with. */
export interface ApiDeps extends ApiGateways {
  /** The requests that this process has answered. */
  readonly requests: RequestMetrics;
}
