import type { ContainerInstanceArn, LaunchId, TaskArn } from './ids.ts';
import type { Instant } from './timestamp.ts';

/** Fields of a container definition that go to ECS as they are, in the form of ECS and its SDK (aws.md §1.6). */
export interface ContainerFields {
  pseudoTerminal?: boolean;
  interactive?: boolean;
  hostname?: string;
  workingDirectory?: string;
  readonlyRootFilesystem?: boolean;
  environment?: { name: string; value: string }[];
  dnsServers?: string[];
  dnsSearchDomains?: string[];
  extraHosts?: { hostname: string; ipAddress: string }[];
  dockerSecurityOptions?: string[];
  systemControls?: { namespace: string; value: string }[];
  ulimits?: { name: UlimitName; softLimit: number; hardLimit: number }[];
  /** The driver is always there once all settings are merged. */
  logConfiguration?: { logDriver?: LogDriver; options?: Record<string, string> };
  linuxParameters?: {
    capabilities?: { add?: string[]; drop?: string[] };
    devices?: { hostPath: string; containerPath: string; permissions: ('read' | 'write' | 'mknod')[] }[];
    initProcessEnabled?: boolean;
    /** MiB. */
    sharedMemorySize?: number;
    swappiness?: number;
    /** `size` in MiB. */
    tmpfs?: { containerPath: string; size: number; mountOptions: string[] }[];
  };
}

export const ULIMIT_NAMES = [
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'memlock',
  'msgqueue',
  'nice',
  'nofile',
  'nproc',
  'rss',
  'rtprio',
  'rttime',
  'sigpending',
  'stack',
] as const;
export type UlimitName = (typeof ULIMIT_NAMES)[number];

export const LOG_DRIVERS = ['awslogs', 'fluentd', 'gelf', 'journald', 'json-file', 'splunk', 'syslog'] as const;
export type LogDriver = (typeof LOG_DRIVERS)[number];

export interface MountPoint {
  readonly hostPath: string;
  readonly containerPath: string;
  readonly readOnly: boolean;
}

export interface PortBinding {
  readonly containerPort: number;
  /** 0: ECS picks one when the task starts. */
  readonly hostPort: number;
  readonly protocol: 'tcp' | 'udp';
}

/** A command that the container runs in itself, within ECS's bounds (aws.md §1.6); times in seconds. */
export interface ContainerHealthCheck {
  readonly command: readonly ['CMD-SHELL', string] | readonly ['CMD', ...string[]];
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  readonly startPeriod: number;
}

/**
 * The part of a task that cannot be overridden per launch, and so costs one registration (aws.md §1.5, §1.6).
 * Content-addressed: equal parts share one task definition.
 */
export interface TaskDefinition {
  /** `stride-<content hash>`; also the family. */
  readonly family: string;
  readonly networkMode: 'host' | 'bridge' | 'awsvpc' | 'none';
  readonly pidMode?: 'host';
  readonly ipcMode?: 'host' | 'none';
  readonly container: {
    readonly name: string;
    readonly image: string;
    readonly entryPoint?: readonly string[];
    /** Minimum that registration demands; the launch overrides it. MiB. `soft`: no hard limit. */
    readonly memory: number;
    readonly memoryIs?: 'soft';
    readonly user?: string;
    readonly privileged: boolean;
    readonly stopTimeoutSeconds?: number;
    readonly mountPoints: readonly MountPoint[];
    readonly dockerLabels: Readonly<Record<string, string>>;
    /** Bridge mode only. */
    readonly portMappings?: readonly PortBinding[];
    readonly healthCheck?: ContainerHealthCheck;
    readonly fields?: ContainerFields;
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
    /** The hard limit, MiB; absent: none, which needs a soft one. */
    readonly memory?: number;
    /** What the agent sets aside, MiB, where that is less than the hard limit. */
    readonly memoryReservation?: number;
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
