import type { AgentId, InstanceId, TaskArn } from './ids.ts';
import type { Condition } from './instance.ts';
import type { PathId } from './path-id.ts';
import type { Instant, Timestamp } from './timestamp.ts';

/** What is known of a task once its instance has forgotten it. */
export interface EndedTask {
  readonly instance: InstanceId;
  readonly incarnation: number;
  readonly runSpec: PathId;
  /** Version of the run spec that the task was made from. */
  readonly version: Timestamp;
  readonly arn: TaskArn;
  readonly host: string;
  readonly agent?: AgentId;
  /** Absent: it never ran. */
  readonly startedAt?: Instant;
  readonly endedAt: Instant;
  /** How it ended, or that it was given up with its agent. */
  readonly condition: Condition;
  readonly exitCode?: number;
  readonly reason: string;
}
