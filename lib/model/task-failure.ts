import type { AgentId, TaskId } from './ids.ts';
import type { PathId } from './path-id.ts';
import type { Instant, Timestamp } from './timestamp.ts';

/** States that are recorded as a failure; an ordinary kill or a clean end is none (responses.md §4). */
export type FailureState =
  | 'TASK_FAILED'
  | 'TASK_ERROR'
  | 'TASK_LOST'
  | 'TASK_DROPPED'
  | 'TASK_GONE'
  | 'TASK_GONE_BY_OPERATOR'
  | 'TASK_UNKNOWN'
  | 'TASK_KILLED';

/** The latest failure of a run spec; it survives redeployments and goes with the run spec. */
export interface TaskFailure {
  readonly runSpec: PathId;
  readonly task: TaskId;
  readonly state: FailureState;
  readonly message: string;
  readonly host: string;
  readonly agent?: AgentId;
  readonly at: Instant;
  /** Version of the run spec that the task was made from. */
  readonly version: Timestamp;
}
