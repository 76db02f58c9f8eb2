import { unless, type Violation } from '../../rules/violation.ts';
import type { PodInput } from '../wire/pod.ts';

function referenceViolations(
  environment: PodInput['environment'],
  isKnown: (secret: string) => boolean,
  path: string,
): readonly Violation[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    unless(
      typeof value === 'string' || isKnown(value.secret),
      `${path}/environment/${name}/secret`,
      'references an undefined secret',
    ),
  );
}

/** Rules on names of secrets and on everything that refers to one (pod-and-group-model.md A2, A3, A4). */
export function podSecretViolations({ environment, secrets, containers, volumes }: PodInput): readonly Violation[] {
  const isKnown = (secret: string): boolean => Object.hasOwn(secrets, secret);
  return [
    ...Object.keys(secrets).flatMap((name, index) =>
      unless(name !== '', `/secrets/keys(${index})`, 'must not be empty'),
    ),
    ...referenceViolations(environment, isKnown, ''),
    ...containers.flatMap((container, index) => [
      ...referenceViolations(container.environment, isKnown, `/containers(${index})`),
      ...unless(
        container.image?.pullConfig === undefined || isKnown(container.image.pullConfig.secret),
        `/containers(${index})/image/pullConfig`,
        'pullConfig.secret must refer to an existing secret',
      ),
    ]),
    ...volumes.flatMap((volume, index) =>
      unless(
        !('secret' in volume) || isKnown(volume.secret),
        `/volumes(${index})`,
        'volume.secret must refer to an existing secret',
      ),
    ),
  ];
}
