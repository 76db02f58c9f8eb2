import { ROOT_ID } from '../../../model/path-id.ts';
import type { PodDefinition } from '../../../model/run-spec.ts';
import { readConstraints } from '../../constraints.ts';
import type { RuleContext } from '../../rules/app.ts';
import { pathViolations } from '../../rules/ids.ts';
import { linuxInfoViolations } from '../../rules/linux-info.ts';
import { networkViolations } from '../../rules/networking.ts';
import { roleViolations } from '../../rules/roles.ts';
import { unreachableViolations } from '../../rules/unreachable.ts';
import { areDistinct, unless, type Violation } from '../../rules/violation.ts';
import { diskViolations } from '../../rules/volumes.ts';
import { constraintParts } from '../normalize-pod.ts';
import type { PodInput } from '../wire/pod.ts';
import { containerViolations } from './container.ts';
import { uniqueEndpointViolations } from './endpoints.ts';
import { residentViolations } from './resident.ts';
import { podSecretViolations } from './secrets.ts';

function idViolations(text: string, { id }: PodDefinition): readonly Violation[] {
  return [
    ...pathViolations(id, '/id'),
    ...unless(text.startsWith('/'), '/id', 'Path needs to be absolute'),
    ...unless(id !== ROOT_ID, '/id', 'Path must contain at least one path element'),
  ];
}

function volumeViolations({ volumes, containers }: PodInput): readonly Violation[] {
  const mounted = new Set(containers.flatMap(({ volumeMounts }) => volumeMounts.map(({ name }) => name)));
  return [
    ...unless(areDistinct(volumes.map(({ name }) => name)), '/volumes', 'volume names must be unique'),
    ...volumes.flatMap((volume, index) => [
      ...unless(mounted.has(volume.name), `/volumes(${index})`, 'volume must be referenced by at least one container'),
      ...('persistent' in volume ? diskViolations(volume.persistent, `/volumes(${index})/persistent`) : []),
    ]),
  ];
}

function constraintViolations({ scheduling }: PodInput): readonly Violation[] {
  return (scheduling?.placement?.constraints ?? []).flatMap((constraint, index): readonly Violation[] => {
    const path = `/scheduling/placement/constraints(${index})`;
    if (constraint.fieldName === '') return [[path, 'missing field for constraint declaration']];
    return readConstraints([constraintParts(constraint)]).errors.map((error): Violation => [path, error]);
  });
}

function linuxViolations({ linuxInfo }: PodDefinition): readonly Violation[] {
  if (linuxInfo?.seccomp === undefined) return linuxInfoViolations(linuxInfo, '/linuxInfo');
  return [['/linuxInfo/seccomp', 'Seccomp configuration on executor level is not supported']];
}

/** Rules on the request: Marathon's stage 2 for pods (pod-and-group-model.md A1). */
export function podRequestViolations(input: PodInput, pod: PodDefinition): readonly Violation[] {
  const { containers, user, scaling } = input;
  const instances = scaling?.instances ?? 1;
  return [
    ...idViolations(input.id, pod),
    ...unless(user !== '', '/user', 'must not be empty'),
    ...podSecretViolations(input),
    ...volumeViolations(input),
    ...containerViolations(input, pod),
    ...unless(areDistinct(containers.map(({ name }) => name)), '/containers', 'container names must be unique'),
    ...networkViolations(pod.networks),
    ...constraintViolations(input),
    ...unreachableViolations(pod.unreachableStrategy, '/scheduling/unreachableStrategy'),
    ...unless(instances >= 0, '/scaling/instances', `got ${instances}, expected 0 or more`),
    ...uniqueEndpointViolations(input),
    ...residentViolations(pod),
    ...linuxViolations(pod),
  ];
}

/** Rules on roles: Marathon's stage 5 for pods. No accepted role at all means every role. */
export function podRoleViolations(pod: PodDefinition, context: RuleContext): readonly Violation[] {
  const { agentRoles, existingRole, enforceRole } = context;
  const accepted = pod.acceptedResourceRoles.length === 0 ? undefined : pod.acceptedResourceRoles;
  return roleViolations(pod, accepted, agentRoles, existingRole, enforceRole);
}
