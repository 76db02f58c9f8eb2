import type { AgentFacts, HostFacts } from '../model/agent.ts';
import type { AgentId, ContainerInstanceArn, LaunchId, TaskArn } from '../model/ids.ts';
import type { Instant } from '../model/timestamp.ts';

/**
 * The part of a task that cannot be overridden per launch, and so costs one registration (aws.md §1.5, §1.6).
 * Content-addressed: equal parts share one task definition.
 */
export interface TaskDefinition {
  /** `stride-<content hash>`; also the family. */
  readonly family: string;
  readonly networkMode: 'host' | 'bridge' | 'awsvpc' | 'none';
  readonly container: {
    readonly name: string;
    readonly image: string;
    readonly entryPoint?: readonly string[];
    /** Minimum that registration demands; the launch overrides both. MiB. */
    readonly memory: number;
    readonly user?: string;
    readonly privileged: boolean;
    readonly stopTimeoutSeconds?: number;
    readonly mountPoints: readonly { readonly hostPath: string; readonly containerPath: string; readonly readOnly: boolean }[];
    readonly dockerLabels: Readonly<Record<string, string>>;
  };
}

export interface StartTaskRequest {
  readonly taskDefinitionArn: string;
  readonly containerInstance: ContainerInstanceArn;
  /** Sent as `startedBy`: how every later event finds its instance. */
  readonly launch: LaunchId;
  /** `stride:<scheduler>`: marks the task as ours. */
  readonly group: string;
  readonly container: {
    readonly name: string;
    readonly command: readonly string[];
    readonly environment: Readonly<Record<string, string>>;
    /** ECS units: 1024 per vCPU. */
    readonly cpu: number;
    readonly memory: number;
  };
}

/** Only `unknown` leaves open whether a task was started; the others settle it (aws.md §1.3). */
export type StartOutcome =
  | { readonly kind: 'started'; readonly arn: TaskArn }
  | { readonly kind: 'refused'; readonly reason: string; readonly detail: string }
  | { readonly kind: 'throttled' }
  | { readonly kind: 'unknown'; readonly detail: string };

/** A task as ECS tells of it, in an event or an answer. Higher `version` replaces lower. */
export interface TaskSighting {
  readonly arn: TaskArn;
  readonly launch: LaunchId | undefined;
  readonly group: string | undefined;
  readonly containerInstance: ContainerInstanceArn | undefined;
  readonly version: number;
  readonly lastStatus: string;
  readonly desiredStatus: string;
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  readonly exitCode?: number;
  /** The container's own reason, e.g. `CannotPullContainerError: …` */
  readonly containerReason?: string;
  readonly healthStatus?: 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';
  readonly createdAt?: Instant;
  readonly startedAt?: Instant;
  readonly stoppedAt?: Instant;
  /** Host ports that ECS chose, by container port (bridge mode). */
  readonly bindings: readonly { readonly containerPort: number; readonly hostPort: number }[];
}

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
  /** True: accepted or already gone. False: throttled, try again later. */
  stopTask(arn: TaskArn, reason: string): Promise<boolean>;
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
