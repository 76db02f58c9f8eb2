import type { Constraint } from './constraint.ts';
import type { PathId } from './path-id.ts';
import type { Resources } from './resources.ts';
import type { Timestamp } from './timestamp.ts';

export type Labels = Readonly<Record<string, string>>;
export type PortProtocol = 'tcp' | 'udp' | 'udp,tcp';
export type EnvironmentValue = string | { readonly secret: string };

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

export interface Artifact {
  readonly uri: string;
  readonly extract: boolean;
  readonly executable: boolean;
  readonly cache: boolean;
  readonly destPath?: string;
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

/** A canonical app definition: defaults filled, deprecated forms translated, ids absolute. Immutable once stored. */
export interface AppSpec {
  readonly kind: 'app';
  readonly id: PathId;
  readonly version: Timestamp;
  readonly versionInfo: VersionInfo;
  readonly cmd?: string;
  readonly args: readonly string[];
  readonly user?: string;
  readonly env: Readonly<Record<string, EnvironmentValue>>;
  readonly instances: number;
  readonly resources: Resources;
  readonly resourceLimits?: { readonly cpus?: number | 'unlimited'; readonly mem?: number | 'unlimited' };
  readonly executor: string;
  readonly constraints: readonly Constraint[];
  /** Empty: every role is accepted (Marathon's default `any`). */
  readonly acceptedResourceRoles: readonly string[];
  readonly role: string;
  readonly fetch: readonly Artifact[];
  readonly portDefinitions: readonly PortDefinition[];
  readonly requirePorts: boolean;
  readonly networks: readonly Network[];
  readonly container?: Container;
  readonly healthChecks: readonly HealthCheck[];
  readonly readinessChecks: readonly ReadinessCheck[];
  readonly dependencies: readonly PathId[];
  readonly labels: Labels;
  readonly backoff: BackoffStrategy;
  readonly taskKillGracePeriodSeconds?: number;
  readonly upgradeStrategy: UpgradeStrategy;
  readonly unreachableStrategy: UnreachableStrategy;
  readonly killSelection: KillSelection;
  readonly tty?: boolean;
}

/** What the scheduler runs. Pods join this union; every decider already goes by `kind`. */
export type RunSpec = AppSpec;

/** An app as its owner wrote it: no version yet. */
export type AppDefinition = Omit<AppSpec, 'version' | 'versionInfo'>;
