import type { PodVolume } from '../../../model/pod.ts';
import type { PodDefinition } from '../../../model/run-spec.ts';
import { double, unless, type Violation } from '../../rules/violation.ts';

type PersistentVolume = Extract<PodVolume, { kind: 'persistent' }>;

const disksOf = ({ volumes }: PodDefinition): readonly PersistentVolume[] =>
  volumes.filter((volume) => volume.kind === 'persistent');

/** Has persistent volumes: its instances come back to the agent that holds them. */
const isResident = (pod: PodDefinition): boolean => disksOf(pod).length > 0;

/** Rules on pods with persistent volumes (pod-and-group-model.md A5); any role may have them here (design §8). */
export function residentViolations(pod: PodDefinition): readonly Violation[] {
  if (!isResident(pod)) return [];
  const { maximumOverCapacity } = pod.upgradeStrategy;
  return [
    ...unless(
      maximumOverCapacity === 0,
      '/upgrade/maximumOverCapacity',
      `got ${double(maximumOverCapacity)}, expected 0.0`,
    ),
    ...unless(
      pod.unreachableStrategy === 'disabled',
      '/',
      'unreachableStrategy must be disabled for pods with persistent volumes',
    ),
    ...unless(
      pod.acceptedResourceRoles.every((role) => role === '*'),
      '/acceptedResourceRoles',
      'A resident pod must have `acceptedResourceRoles = ["*"]`.',
    ),
  ];
}

const hostPortsOf = ({ containers }: PodDefinition): ReadonlySet<number> =>
  new Set(containers.flatMap(({ endpoints }) => endpoints.flatMap(({ hostPort }) => hostPort ?? [])));

const sameDisks = (before: PodDefinition, after: PodDefinition): boolean => {
  const byName = (pod: PodDefinition) => JSON.stringify(disksOf(pod).toSorted((a, b) => (a.name < b.name ? -1 : 1)));
  return byName(before) === byName(after);
};

/** What a new version of a pod may not change while there are persistent volumes, before or after (pod-and-group-model.md A5). */
export function podResidentChangeViolations(before: PodDefinition, after: PodDefinition): readonly Violation[] {
  if (!isResident(before) && !isResident(after)) return [];
  const resources = (['cpus', 'mem', 'disk', 'gpus'] as const).flatMap((resource) =>
    unless(
      before.resources[resource] === after.resources[resource],
      '/',
      `${resource} cannot be updated if a pod has persistent volumes`,
    ),
  );
  const [old, wanted] = [hostPortsOf(before), hostPortsOf(after)];
  return [
    ...unless(sameDisks(before, after), '/', 'persistent volumes cannot be updated'),
    ...resources,
    ...unless(
      old.size === wanted.size && [...old].every((port) => wanted.has(port)),
      '/',
      'host ports cannot be updated if a pod has persistent volumes',
    ),
  ];
}
