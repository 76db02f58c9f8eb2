import type { CanonicalFields } from '../migrate.ts';
import { readVolumeConstraints } from '../volume-constraints.ts';
import type { VolumeInput } from '../wire/volume.ts';
import { dvdiViolations } from './external-volumes.ts';
import { areDistinct, unless, type Violation } from './violation.ts';

type PersistentInput = Extract<VolumeInput, { persistent: unknown }>;

/** Rules on the disk of a persistent volume; `path` leads to it. */
export function diskViolations(disk: PersistentInput['persistent'], path: string): readonly Violation[] {
  const { type, size, maxSize, constraints } = disk;
  const { errors } = readVolumeConstraints(constraints);
  const onRoot = type === undefined || type === 'root';
  return [
    ...unless(size > 0, `${path}/size`, `got ${size}, expected more than 0`),
    ...errors.map((error): Violation => [`${path}/constraints`, error]),
    ...unless(type === 'mount' || maxSize === undefined, path, 'Only mount volumes can have maxSize'),
    ...unless(!onRoot || constraints.length === 0, path, 'Constraints on root volumes are not supported'),
    ...unless(maxSize === undefined || maxSize > size, path, 'Max size must be larger than size'),
  ];
}

function persistentViolations({ containerPath, mode, persistent }: PersistentInput, path: string) {
  return [
    ...unless(containerPath !== '.' && containerPath !== '..', `${path}/containerPath`, 'can not be one of (.,..)'),
    ...unless(!containerPath.includes('/'), `${path}/containerPath`, 'value must not contain "/"'),
    ...unless(mode === 'RW', `${path}/mode`, 'does not equal RW'),
    ...diskViolations(persistent, `${path}/persistent`),
  ];
}

/** Rules on the volumes as they were given (app-model.md §7.1); references to secrets are judged with the secrets. */
export function volumeViolations({ container }: CanonicalFields): readonly Violation[] {
  if (container === undefined) return [];
  const { type, volumes } = container;
  const names = volumes.map((volume) => ('external' in volume ? volume.external.name : undefined));
  return [
    ...unless(areDistinct(names), '/container/volumes', 'Volume names must be unique'),
    ...volumes.flatMap((volume, index): readonly Violation[] => {
      const path = `/container/volumes(${index})`;
      if ('persistent' in volume) return persistentViolations(volume, path);
      if (!('external' in volume) || !('shared' in volume.external)) return [];
      return dvdiViolations({ ...volume, external: volume.external }, type, path);
    }),
  ];
}
