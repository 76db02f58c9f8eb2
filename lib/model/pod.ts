import type { PersistentDisk } from './app-volume.ts';
import type { Resources } from './resources.ts';
import type { Artifact, Environment, Labels, ResourceLimits } from './spec-values.ts';

/** `shell` runs in `sh -c`; `argv` are arguments for the image's entry point, or the whole command. */
export type PodCommand = { readonly shell: string } | { readonly argv: readonly string[] };

export interface PodImage {
  readonly kind: 'DOCKER';
  readonly id: string;
  readonly pullConfig?: { readonly secret: string };
  readonly forcePull?: boolean;
  readonly labels: Labels;
}

/** A port of a container. `hostPort` absent: none wanted; 0: any; else exactly that one. */
export interface Endpoint {
  readonly name: string;
  /** Absent or 0: the same as the host port. */
  readonly containerPort?: number;
  readonly hostPort?: number;
  readonly protocol: readonly string[];
  readonly labels: Labels;
  readonly networkNames: readonly string[];
}

export type PodProbe =
  | { readonly kind: 'http'; readonly endpoint: string; readonly path?: string; readonly scheme: 'HTTP' | 'HTTPS' }
  | { readonly kind: 'tcp'; readonly endpoint: string }
  | { readonly kind: 'exec'; readonly command: PodCommand };

/** Runs on the agent, one for each container. */
export interface PodHealthCheck {
  readonly probe: PodProbe;
  readonly gracePeriodSeconds: number;
  readonly intervalSeconds: number;
  readonly maxConsecutiveFailures: number;
  readonly timeoutSeconds: number;
  readonly delaySeconds: number;
}

export interface Seccomp {
  readonly profileName?: string;
  readonly unconfined: boolean;
}

/** `shmSize`: MiB of shared memory of a private namespace. */
export interface IpcInfo {
  readonly mode: 'PRIVATE' | 'SHARE_PARENT';
  readonly shmSize?: number;
}

export interface LinuxInfo {
  readonly seccomp?: Seccomp;
  readonly ipcInfo?: IpcInfo;
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly: boolean;
}

export interface PodContainer {
  readonly name: string;
  /** Absent: the image's own entry point. */
  readonly exec?: { readonly command: PodCommand; readonly overrideEntrypoint?: boolean };
  readonly resources: Resources;
  readonly resourceLimits?: ResourceLimits;
  readonly endpoints: readonly Endpoint[];
  readonly linuxInfo?: LinuxInfo;
  /** Absent: the file system of the agent. */
  readonly image?: PodImage;
  /** Overrides the pod's. */
  readonly environment: Environment;
  readonly user?: string;
  readonly healthCheck?: PodHealthCheck;
  readonly volumeMounts: readonly VolumeMount[];
  readonly artifacts: readonly Artifact[];
  /** Override the pod's. */
  readonly labels: Labels;
  readonly lifecycle?: { readonly killGracePeriodSeconds?: number };
  readonly tty?: boolean;
}

export type PodVolume =
  | { readonly kind: 'ephemeral'; readonly name: string }
  | { readonly kind: 'host'; readonly name: string; readonly hostPath: string }
  | { readonly kind: 'persistent'; readonly name: string; readonly persistent: PersistentDisk }
  | { readonly kind: 'secret'; readonly name: string; readonly secret: string };

/** What a pod has and an app has not. */
export interface PodParts {
  /** At least one. */
  readonly containers: readonly PodContainer[];
  readonly volumes: readonly PodVolume[];
  /** Taken besides the sum of the containers. */
  readonly executorResources: Omit<Resources, 'gpus'>;
  /** Of the whole pod; never with seccomp. */
  readonly linuxInfo?: LinuxInfo;
  readonly legacySharedCgroups?: true;
}
