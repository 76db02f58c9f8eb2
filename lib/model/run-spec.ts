import type { AppVolume } from './app-volume.ts';
import type { Constraint } from './constraint.ts';
import type { PathId } from './path-id.ts';
import type { LinuxInfo, PodParts } from './pod.ts';
import type { Resources } from './resources.ts';
import type { Artifact, Environment, Labels, ResourceLimits, Secrets } from './spec-values.ts';
import type { Timestamp } from './timestamp.ts';

export type PortProtocol = 'tcp' | 'udp' | 'udp,tcp';

export interface VersionInfo {
  readonly lastScalingAt: Timestamp;
  readonly lastConfigChangeAt: Timestamp;
}

/** Delay before the next launch after a failure; see lib/queue. */
export interface BackoffStrategy {
  readonly backoffSeconds: number;
  readonly backoffFactor: number;
  readonly maxLaunchDelaySeconds: number;
}

export interface UpgradeStrategy {
  readonly minimumHealthCapacity: number;
  readonly maximumOverCapacity: number;
}

export type UnreachableStrategy =
  | 'disabled'
  | { readonly inactiveAfterSeconds: number; readonly expungeAfterSeconds: number };

export type KillSelection = 'YOUNGEST_FIRST' | 'OLDEST_FIRST';

/** A port of a host-mode app. `port` is the service port (0 until assigned); the host port is chosen at placement. */
export interface PortDefinition {
  readonly port: number;
  readonly protocol: PortProtocol;
  readonly name?: string;
  readonly labels: Labels;
}

/** A port of a container with its own network. `hostPort` absent: none wanted; 0: any; else exactly that one. */
export interface PortMapping {
  readonly containerPort: number;
  readonly hostPort?: number;
  readonly servicePort: number;
  readonly protocol: PortProtocol;
  readonly name?: string;
  readonly labels: Labels;
  readonly networkNames: readonly string[];
}

export interface Network {
  readonly mode: 'host' | 'container/bridge' | 'container';
  readonly name?: string;
  readonly labels: Labels;
}

export interface DockerImage {
  readonly image: string;
  readonly forcePullImage: boolean;
  readonly privileged: boolean;
  readonly parameters: readonly { readonly key: string; readonly value: string }[];
  readonly pullConfig?: { readonly secret: string };
}

export interface Container {
  readonly type: 'DOCKER' | 'MESOS';
  readonly docker?: DockerImage;
  /** Of the Mesos containerizer. */
  readonly linuxInfo?: LinuxInfo;
  readonly volumes: readonly AppVolume[];
  readonly portMappings?: readonly PortMapping[];
}

export interface HealthCheck {
  readonly protocol: 'HTTP' | 'HTTPS' | 'TCP' | 'COMMAND' | 'MESOS_HTTP' | 'MESOS_HTTPS' | 'MESOS_TCP';
  readonly command?: string;
  readonly path?: string;
  readonly port?: number;
  readonly portIndex?: number;
  readonly gracePeriodSeconds: number;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly maxConsecutiveFailures: number;
  readonly delaySeconds: number;
  readonly ignoreHttp1xx?: boolean;
  readonly ipProtocol: 'IPv4' | 'IPv6';
}

export interface ReadinessCheck {
  readonly name: string;
  readonly protocol: 'HTTP' | 'HTTPS';
  readonly path: string;
  readonly portName: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly httpStatusCodesForReady: readonly number[];
  readonly preserveLastResponse: boolean;
}

/** What an app's `check` looks at: its result is shown and decides nothing. */
export type AppProbe =
  | {
      readonly kind: 'http';
      readonly port?: number;
      readonly portIndex?: number;
      readonly path?: string;
      readonly scheme: 'HTTP' | 'HTTPS';
    }
  | { readonly kind: 'tcp'; readonly port?: number; readonly portIndex?: number }
  | { readonly kind: 'exec'; readonly command: { readonly shell: string } | { readonly argv: readonly string[] } };

export interface AppCheck {
  readonly probe: AppProbe;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly delaySeconds: number;
}

/** What becomes of an instance with persistent volumes whose agent is lost. */
export interface Residency {
  readonly relaunchEscalationTimeoutSeconds: number;
  readonly taskLostBehavior: 'WAIT_FOREVER' | 'RELAUNCH_AFTER_TIMEOUT';
}

/** What every run spec has, whatever its kind: all that scheduling, constraints, queue and deployments go by. */
interface RunSpecFields {
  readonly id: PathId;
  readonly version: Timestamp;
  readonly versionInfo: VersionInfo;
  readonly user?: string;
  readonly env: Environment;
  readonly instances: number;
  /** Of one instance: a pod's are the sum of its containers and its executor. */
  readonly resources: Resources;
  readonly constraints: readonly Constraint[];
  /** Empty: every role is accepted (Marathon's default `any`). */
  readonly acceptedResourceRoles: readonly string[];
  readonly role: string;
  readonly networks: readonly Network[];
  /** Always empty for a pod. */
  readonly dependencies: readonly PathId[];
  readonly labels: Labels;
  readonly backoff: BackoffStrategy;
  readonly upgradeStrategy: UpgradeStrategy;
  readonly unreachableStrategy: UnreachableStrategy;
  readonly killSelection: KillSelection;
}

/** A canonical app definition: defaults filled, deprecated forms translated, ids absolute. Immutable once stored. */
export interface AppSpec extends RunSpecFields {
  readonly kind: 'app';
  readonly cmd?: string;
  readonly args: readonly string[];
  readonly resourceLimits?: ResourceLimits;
  readonly executor: string;
  /** Kept and shown; there are no custom executors to give it to. mem and disk in MiB. */
  readonly executorResources?: Omit<Resources, 'gpus'>;
  /** Absent: none. */
  readonly secrets?: Secrets;
  readonly fetch: readonly Artifact[];
  readonly portDefinitions: readonly PortDefinition[];
  readonly requirePorts: boolean;
  readonly container?: Container;
  readonly healthChecks: readonly HealthCheck[];
  readonly check?: AppCheck;
  readonly readinessChecks: readonly ReadinessCheck[];
  readonly taskKillGracePeriodSeconds?: number;
  readonly tty?: boolean;
  /** Of apps with persistent volumes, always; of others never. */
  readonly residency?: Residency;
}

/** Has persistent volumes: its instances come back to the agent that holds them. */
export const isResident = ({ container }: Pick<AppSpec, 'container'>): boolean =>
  container?.volumes.some(({ kind }) => kind === 'persistent') ?? false;

/** A canonical pod definition: defaults filled in. Immutable once stored. */
export interface PodSpec extends RunSpecFields, PodParts {
  readonly kind: 'pod';
  readonly secrets: Secrets;
}

/** What the scheduler runs. Deciders go by the common fields; where they need more, by `kind`. */
export type RunSpec = AppSpec | PodSpec;

/** An app as its owner wrote it: no version yet. */
export type AppDefinition = Omit<AppSpec, 'version' | 'versionInfo'>;
/** A pod as its owner wrote it: no version yet. */
export type PodDefinition = Omit<PodSpec, 'version' | 'versionInfo'>;
export type RunSpecDefinition = AppDefinition | PodDefinition;
