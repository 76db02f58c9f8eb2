import type { AppVolume, ExternalVolume, PersistentDisk } from '../model/app-volume.ts';
import { distinct } from './distinct.ts';
import { given } from './given.ts';
import { readVolumeConstraints } from './volume-constraints.ts';
import type { VolumeInput } from './wire/volume.ts';

type ExternalInput = Extract<VolumeInput, { external: unknown }>;

type PersistentInput = Extract<VolumeInput, { persistent: unknown }>;

/** The disk of a persistent volume, its type filled in. */
export function normalizeDisk({ type, constraints, ...disk }: PersistentInput['persistent']): PersistentDisk {
  return given({
    ...disk,
    type: type ?? (disk.profileName === undefined ? 'root' : 'mount'),
    constraints: distinct(readVolumeConstraints(constraints).constraints),
  });
}

/** None where name or provider are missing or unknown: the rules refuse it. */
function toExternal({ containerPath, mode, external }: ExternalInput): readonly ExternalVolume[] {
  const base = { kind: 'external' as const, containerPath, mode };
  if (!('shared' in external)) {
    const { capability, ...options } = external.options;
    return [{ ...base, external: { ...external, options: { ...options, capability: given(capability) } } }];
  }
  const { name, provider, size, options, shared } = external;
  if (provider !== 'dvdi' || name === undefined) return [];
  return [{ ...base, external: given({ provider: 'dvdi' as const, name, size, options, shared }) }];
}

/** Volumes in their canonical form (app-model.md §7.1): the type of disk filled in, constraints read. */
export function normalizeVolumes(volumes: readonly VolumeInput[]): readonly AppVolume[] {
  return volumes.flatMap((volume): readonly AppVolume[] => {
    if ('persistent' in volume) {
      return [{ kind: 'persistent', ...volume, persistent: normalizeDisk(volume.persistent) }];
    }
    if ('external' in volume) return toExternal(volume);
    if ('secret' in volume) return [{ kind: 'secret', ...volume }];
    return [{ kind: 'host', ...volume }];
  });
}
