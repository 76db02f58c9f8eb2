import type { Constraint } from './constraint.ts';
import type { EnvironmentValue } from './spec-values.ts';

// The volumes of an app's container, each mounted at `containerPath`.

export type VolumeMode = 'RO' | 'RW';

/** A path of the agent. */
export interface HostVolume {
  readonly kind: 'host';
  readonly containerPath: string;
  readonly hostPath: string;
  readonly mode: VolumeMode;
}

/** Sizes in MiB. */
export interface PersistentDisk {
  readonly type: 'root' | 'path' | 'mount';
  readonly size: number;
  readonly maxSize?: number;
  readonly profileName?: string;
  readonly constraints: readonly Constraint[];
}

/** A disk of its own for each instance, which stays when the task ends. Makes the app resident. */
export interface PersistentVolume {
  readonly kind: 'persistent';
  readonly containerPath: string;
  readonly mode: VolumeMode;
  readonly persistent: PersistentDisk;
}

/** A disk with a name, by the rules of Docker's volume drivers. `size` in GiB. */
export interface DvdiVolume {
  readonly kind: 'external';
  readonly containerPath: string;
  readonly mode: VolumeMode;
  readonly external: {
    readonly provider: 'dvdi';
    readonly name: string;
    readonly size?: number;
    readonly options: Readonly<Record<string, string>>;
    /** Other apps may name the same volume. */
    readonly shared: boolean;
  };
}

export const CSI_ACCESS_MODES = [
  'SINGLE_NODE_WRITER',
  'SINGLE_NODE_READER_ONLY',
  'MULTI_NODE_READER_ONLY',
  'MULTI_NODE_SINGLE_WRITER',
  'MULTI_NODE_MULTI_WRITER',
] as const;
export type CsiAccessMode = (typeof CSI_ACCESS_MODES)[number];

/** A disk with a name, by the rules of the Container Storage Interface. */
export interface CsiVolume {
  readonly kind: 'external';
  readonly containerPath: string;
  readonly mode: VolumeMode;
  readonly external: {
    readonly provider: 'csi';
    readonly name: string;
    readonly options: {
      readonly pluginName: string;
      readonly capability: {
        readonly accessMode: CsiAccessMode;
        readonly accessType: 'block' | 'mount';
        readonly fsType?: string;
        readonly mountFlags: readonly string[];
      };
      readonly nodeStageSecret: Readonly<Record<string, EnvironmentValue>>;
      readonly nodePublishSecret: Readonly<Record<string, EnvironmentValue>>;
      readonly volumeContext: Readonly<Record<string, string>>;
    };
  };
}

/** A file with the value of a secret, read-only. */
export interface SecretVolume {
  readonly kind: 'secret';
  readonly containerPath: string;
  readonly secret: string;
}

export type ExternalVolume = DvdiVolume | CsiVolume;
export type AppVolume = HostVolume | PersistentVolume | ExternalVolume | SecretVolume;
