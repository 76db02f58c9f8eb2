import type { ContainerInstanceArn, LaunchId, TaskArn } from './ids.ts';
import type { Instant } from './timestamp.ts';

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
    readonly mountPoints: readonly {
      readonly hostPath: string;
      readonly containerPath: string;
      readonly readOnly: boolean;
    }[];
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
    /** Absent: none. */
    readonly gpus?: number;
  };
}

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
