import type { CanonicalFields } from '../migrate.ts';
import { unless, type Violation } from './violation.ts';

/** Rules on names of variables and secrets, and on everything that refers to a secret (app-model.md §7, §9). */
export function secretViolations({ env = {}, secrets = {}, container }: CanonicalFields): readonly Violation[] {
  const isKnown = (name: string): boolean => Object.hasOwn(secrets, name);
  const { docker, volumes = [] } = container ?? {};
  const pullSecret = container?.type === 'MESOS' ? docker?.pullConfig?.secret : undefined;
  return [
    ...Object.entries(env).flatMap(([name, value], index) => [
      ...unless(name !== '', `/env/keys(${index})`, 'must not be empty'),
      ...unless(
        typeof value === 'string' || isKnown(value.secret),
        `/env/${name}/secret`,
        'references an undefined secret',
      ),
    ]),
    ...Object.keys(secrets).flatMap((name, index) =>
      unless(name !== '', `/secrets/keys(${index})`, 'must not be empty'),
    ),
    ...volumes.flatMap((volume, index) =>
      unless(
        !('secret' in volume) || isKnown(volume.secret),
        `/container/volumes(${index})`,
        'volume.secret must refer to an existing secret',
      ),
    ),
    ...unless(
      pullSecret === undefined || isKnown(pullSecret),
      '/container/docker/pullConfig',
      'pullConfig.secret must refer to an existing secret',
    ),
  ];
}
