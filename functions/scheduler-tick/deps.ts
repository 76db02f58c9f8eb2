import type { Bus } from '../../lib/gateways/bus.ts';
import type { Clock } from '../../lib/gateways/clock.ts';
import type { Cluster } from '../../lib/gateways/cluster.ts';
import type { IdSource } from '../../lib/gateways/id-source.ts';
import type { SchedulerConfig } from '../../lib/model/config.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import type { State } from '../../lib/state/state.ts';
import type { Log } from '../runtime/log.ts';
import type { CallBudget } from './call-budget.ts';

/** Everything the tick touches. */
export interface TickDeps {
  readonly state: State;
  readonly cluster: Cluster;
  /** For the one event that passes unfinished work on to the next tick. */
  readonly bus: Bus;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly config: SchedulerConfig;
  readonly log: Log;
}

/** What the parts of a pass share: each modifying call of ECS takes from the budget first. */
export interface PassDeps extends TickDeps {
  readonly budget: CallBudget;
}

export interface PassRequest {
  readonly fence: number;
  /** Look at every run spec and hold everything against what ECS says. */
  readonly walk: boolean;
  /** The end of the tick: nothing new is begun after it. */
  readonly end: Instant;
}

/** `group` of our tasks: what tells them from others' on the same cluster. */
export const taskGroup = (config: SchedulerConfig): string => `stride:${config.scheduler}`;
