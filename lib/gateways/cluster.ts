import type { AgentFacts, HostFacts } from '../model/agent.ts';
import type { AgentId, LaunchId, TaskArn } from '../model/ids.ts';
import type { StartTaskRequest, TaskDefinition, TaskSighting } from '../model/task.ts';

/** Only `unknown` leaves open whether a task was started; the others settle it (aws.md §1.3). */
export type StartOutcome =
  | { readonly kind: 'started'; readonly task: TaskSighting }
  | { readonly kind: 'refused'; readonly reason: string; readonly detail: string }
  | { readonly kind: 'throttled' }
  | { readonly kind: 'unknown'; readonly detail: string };

/** `stopping`: what ECS answered of the task. `gone`: it does not know the task any more. */
export type StopOutcome =
  | { readonly kind: 'stopping'; readonly task: TaskSighting }
  | { readonly kind: 'gone' }
  | { readonly kind: 'throttled' };

/** Facts without what only we know: `foreign` is computed by the sweep, `connectedSince` by comparing. */
export type AgentSighting = Omit<AgentFacts, 'foreign' | 'connectedSince'> & {
  readonly remaining: AgentFacts['registered'];
};

/** The container cluster. Only the tick calls it (design principle 5). Reads throw `ClusterUnavailable` on outage. */
export interface Cluster {
  listAgents(): Promise<readonly AgentSighting[]>;
  describeHosts(agents: readonly AgentId[]): Promise<readonly HostFacts[]>;
  /** Idempotent by family: the ARN of the newest active revision, registered if there is none. */
  ensureTaskDefinition(definition: TaskDefinition): Promise<string>;
  startTask(request: StartTaskRequest): Promise<StartOutcome>;
  stopTask(arn: TaskArn, reason: string): Promise<StopOutcome>;
  /** Running and stopped tasks of one launch. Eventually consistent: empty is no proof that none was started. */
  findTasks(launch: LaunchId): Promise<readonly TaskSighting[]>;
  /** Tasks by ARN; those that ECS does not know are left out. */
  describeTasks(arns: readonly TaskArn[]): Promise<readonly TaskSighting[]>;
  /** Every task of the cluster that is meant to run, ours and others'. */
  listTasks(): Promise<readonly TaskSighting[]>;
}

/** The cluster did not answer, or throttled a read. */
export class ClusterUnavailable extends Error {
  override readonly name = 'ClusterUnavailable';
}
