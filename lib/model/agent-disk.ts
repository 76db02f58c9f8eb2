/**
 * A disk of an agent besides its root disk: volumes share a path, and one volume takes a mount as a whole. `size` in MiB.
 */
export interface AgentDisk {
  readonly type: 'path' | 'mount';
  readonly path: string;
  readonly size: number;
  /** Only volumes that name it get the disk. */
  readonly profile?: string;
}

/** What one volume takes of the disk at `path`; `size` in MiB. */
export interface DiskShare {
  readonly path: string;
  readonly size: number;
}
