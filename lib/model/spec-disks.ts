import type { PersistentDisk } from './app-volume.ts';
import type { RunSpec } from './run-spec.ts';

/** A volume that wants a disk of its own, or its part of one. */
export type DiskWish = PersistentDisk & { readonly type: 'path' | 'mount' };

/** Few have any: these share one list. */
const NONE: readonly DiskWish[] = [];

/** The persistent volumes of one instance, in the order of the definition. */
function persistentDisksOf(spec: RunSpec): readonly PersistentDisk[] {
  const volumes = spec.kind === 'app' ? spec.container?.volumes : spec.volumes;
  if (volumes === undefined || volumes.length === 0) return NONE;
  return volumes.flatMap((volume) => (volume.kind === 'persistent' ? [volume.persistent] : []));
}

/** Those of them that an agent's root disk does not do for. `Placement.disks` is in this order. */
export function diskWishesOf(spec: RunSpec): readonly DiskWish[] {
  const disks = persistentDisksOf(spec);
  return disks === NONE ? NONE : disks.filter(isWish);
}

const isWish = (disk: PersistentDisk): disk is DiskWish => disk.type !== 'root';

/** What the persistent volumes take of the root disk, in MiB. */
export const rootDiskOf = (spec: RunSpec): number =>
  persistentDisksOf(spec).reduce((sum, { type, size }) => (type === 'root' ? sum + size : sum), 0);
