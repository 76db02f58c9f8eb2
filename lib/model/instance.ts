import type { AgentId, ContainerInstanceArn, ContentHash, InstanceId, LaunchId, TaskArn } from './ids.ts';
import type { PathId } from './path-id.ts';
import type { Resources } from './resources.ts';
import type { Instant, Timestamp } from './timestamp.ts';

/** What is: Marathon's condition names, as they appear in `instance_changed_event`. */
export type Condition =
  | 'Scheduled'
  | 'Provisioned'
  | 'Staging'
  | 'Starting'
  | 'Running'
  | 'Killing'
  | 'Unreachable'
  | 'UnreachableInactive'
  | 'Finished'
  | 'Killed'
  | 'Failed'
  | 'Error'
  | 'Gone'
  | 'Dropped'
  | 'Unknown';

/** What is wanted: `Stopped` keeps the record and its reservation, `Decommissioned` is final. */
export type Goal = 'Running' | 'Stopped' | 'Decommissioned';

/** One attempt to run an instance as an ECS task. A new attempt has a new id; events of an old one touch nothing. */
export interface Launch {
  readonly id: LaunchId;
  /** When the claim was written; the clock for settling a StartTask without an answer. */
  readonly at: Instant;
  readonly arn?: TaskArn;
  /** ECS's counter of the newest event applied; equal or lower ones are dropped. */
  readonly ecsVersion: number;
}

/** Where it runs, as recorded at placement: constraints count these values, not the agent's present ones. */
export interface InstanceAgent {
  readonly id: AgentId;
  readonly arn: ContainerInstanceArn;
  readonly host: string;
  readonly ipAddresses: readonly string[];
  readonly region: string;
  readonly zone?: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** State of one health check on one instance, in the order of the run spec's checks. */
export interface HealthState {
  readonly alive: boolean;
  readonly consecutiveFailures: number;
  readonly firstSuccess?: Instant;
  readonly lastSuccess?: Instant;
  readonly lastFailure?: Instant;
  readonly lastFailureCause?: string;
  /** Run by the container itself, which tells of changes only: after so many failures in a row it is unhealthy. */
  readonly container?: { readonly retries: number };
}

/** What an app's `check` found last. */
export type CheckResult =
  | { readonly kind: 'http'; readonly statusCode: number }
  | { readonly kind: 'tcp'; readonly succeeded: boolean }
  | { readonly kind: 'command'; readonly exitCode: number };

/** State of an app's `check`, which is shown and decides nothing. */
export interface CheckState {
  /** Absent before the first, and while an HTTP check gets no answer. */
  readonly result?: CheckResult;
  /** Run by the container itself. */
  readonly container?: true;
}

export interface ReadinessState {
  readonly name: string;
  readonly ready: boolean;
  readonly lastResponse?: { readonly status: number; readonly contentType: string; readonly body: string };
}

/** Resources and volumes that stay with an instance while it has no task. */
export interface Reservation {
  readonly agent: AgentId;
  readonly resources: Resources;
  readonly since: Instant;
}

export interface InstanceVolume {
  readonly name: string;
  readonly containerPath: string;
}

/** How a task ended. */
export interface Termination {
  readonly at: Instant;
  readonly message: string;
  readonly exitCode?: number;
}

export interface Instance {
  readonly id: InstanceId;
  readonly runSpec: PathId;
  readonly goal: Goal;
  readonly condition: Condition;
  /** Start of the present condition. */
  readonly since: Instant;
  /** 1 with the first launch, one more with each relaunch; 0 before the first. Part of the task id. */
  readonly incarnation: number;
  readonly runSpecHash: ContentHash;
  readonly runSpecVersion: Timestamp;
  /** `lastConfigChangeAt` of the spec it was made from: older ones do not constrain newer ones. */
  readonly configVersion: Timestamp;
  readonly launch?: Launch;
  readonly agent?: InstanceAgent;
  /** Host ports in the order of the spec's ports. */
  readonly hostPorts: readonly number[];
  /** In bridge mode: the container ports in the order of `hostPorts`, which are known once the task runs. */
  readonly bridgePorts?: readonly number[];
  readonly stagedAt?: Instant;
  readonly startedAt?: Instant;
  /** When it last became active; decides who is youngest. */
  readonly activeSince?: Instant;
  /** When StopTask was last sent for the present launch; repeated until STOPPED is seen. */
  readonly killSentAt?: Instant;
  /** Set when its task is killed for failed health checks: the cause of the last failure. */
  readonly unhealthy?: string;
  /** Set when its task is killed because it did not run in time after its launch. */
  readonly overdue?: true;
  readonly termination?: Termination;
  /** While its agent is lost: since when, and the condition it goes back to. */
  readonly unreachable?: { readonly since: Instant; readonly former: Condition };
  /** Of each check of the definition, from the launch on. */
  readonly health: readonly HealthState[];
  readonly readiness: readonly ReadinessState[];
  readonly check?: CheckState;
  readonly volumes: readonly InstanceVolume[];
  readonly reservation?: Reservation;
}

const ACTIVE: ReadonlySet<Condition> = new Set([
  'Provisioned',
  'Staging',
  'Starting',
  'Running',
  'Killing',
  'Unreachable',
]);
const TERMINAL: ReadonlySet<Condition> = new Set([
  'Finished',
  'Killed',
  'Failed',
  'Error',
  'Gone',
  'Dropped',
  'Unknown',
]);
const LOST: ReadonlySet<Condition> = new Set(['Unreachable', 'Gone', 'Dropped', 'Unknown']);

export const isActive = (condition: Condition): boolean => ACTIVE.has(condition);
export const isTerminal = (condition: Condition): boolean => TERMINAL.has(condition);
/** Conditions that placement does not count (scheduling.md §2.4). */
export const isLost = (condition: Condition): boolean => LOST.has(condition);
/** Waits for a launch: goal Running and nothing runs (Marathon: Instance.isScheduled). */
export const isScheduled = (instance: Instance): boolean =>
  instance.goal === 'Running' && (instance.condition === 'Scheduled' || isTerminal(instance.condition));
