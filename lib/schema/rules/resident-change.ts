import { contentHash } from '../../model/content-hash.ts';
import { type AppDefinition, isResident, type RunSpec, type RunSpecDefinition } from '../../model/run-spec.ts';
import { podResidentChangeViolations } from '../pod/rules/resident.ts';
import { unless, type Violation } from './violation.ts';

const RESOURCES = ['cpus', 'mem', 'disk', 'gpus'] as const;

const mayNot = (what: string): string =>
  `Services with persistent volumes configured may not change ${what}. ` +
  'If you need to make this change, please create a new service.';

const roleWarning = (before: string, after: string): string =>
  'It is not possible to change the role for existing reservations. If you proceed with this change, all existing ' +
  `instances will continue to run under the previous role, ${before}. Only new instances will be ` +
  `allocated with the new role, ${after}. In order to continue, retry your request with ?force=true`;

const persistentVolumesOf = ({ container }: AppDefinition) =>
  (container?.volumes ?? []).filter(({ kind }) => kind === 'persistent');

/** What is asked for, port by port: `null` for none. */
const hostPortsOf = ({ container, portDefinitions, requirePorts }: AppDefinition): readonly (number | null)[] =>
  container?.portMappings?.map(({ hostPort }) => hostPort ?? null) ??
  portDefinitions.map(({ port }) => (requirePorts ? port : 0));

const isSame = (one: unknown, other: unknown): boolean => contentHash(one) === contentHash(other);

/**
 * What a new version of an app or pod with persistent volumes may not change: its disks are where they are, and
 * reserved with what was asked for then (app-model.md §7.2, pod-and-group-model.md A5). An app's role only by force.
 */
export function residentChangeViolations(
  before: RunSpec | undefined,
  after: RunSpecDefinition,
  force: boolean,
): readonly Violation[] {
  if (before?.kind === 'pod' && after.kind === 'pod') return podResidentChangeViolations(before, after);
  if (before?.kind !== 'app' || after.kind !== 'app' || !isResident(before)) return [];
  return [
    ...unless(
      isSame(persistentVolumesOf(before), persistentVolumesOf(after)),
      '/',
      'Persistent volumes can not be changed!',
    ),
    ...RESOURCES.flatMap((name) =>
      unless(before.resources[name] === after.resources[name], `/${name}`, mayNot('resource requirements')),
    ),
    ...unless(before.requirePorts === after.requirePorts, '/requirePorts', mayNot('resource requirements')),
    ...unless(isSame(hostPortsOf(before), hostPortsOf(after)), '/', mayNot('host ports')),
    ...unless(force || before.role === after.role, '/role', roleWarning(before.role, after.role)),
  ];
}
