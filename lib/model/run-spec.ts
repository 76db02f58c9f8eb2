import type { Constraint } from './constraint.ts';
import type { PathId } from './path-id.ts';
import type { PodParts } from './pod.ts';
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

export interface HostVolume {
  readonly kind: 'host';
  readonly containerPath: string;
  readonly hostPath: string;
  readonly mode: 'RO' | 'RW';
}

export interface Container {
  readonly type: 'DOCKER' | 'MESOS';
  readonly docker?: DockerImage;
  readonly volumes: readonly HostVolume[];
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
  readonly fetch: readonly Artifact[];
  readonly portDefinitions: readonly PortDefinition[];
  readonly requirePorts: boolean;
  readonly container?: Container;
  readonly healthChecks: readonly HealthCheck[];
  readonly readinessChecks: readonly ReadinessCheck[];
  readonly taskKillGracePeriodSeconds?: number;
  readonly tty?: boolean;
}

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
