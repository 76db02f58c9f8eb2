import type { PathId } from '../../model/path-id.ts';
import { segmentsOf } from '../../model/path-id.ts';
import type { RunSpecDefinition } from '../../model/run-spec.ts';
import { unless, type Violation } from './violation.ts';

/** Marathon's `--mesos_role`. */
const DEFAULT_ROLE = '*';

/** Characters that Mesos refuses in a role, by the name that Marathon's messages give them (ResourceRole.scala). */
const FORBIDDEN: readonly (readonly [character: string, name: string])[] = [
  ['\t', 'horizontal tab (\\x09)'],
  ['\n', 'line feed (\\x0a)'],
  ['\v', 'vertical tab (\\x0b)'],
  ['\f', 'form feed (\\x0c)'],
  ['\r', 'carriage return (\\x0d)'],
  [' ', 'space (\\x20)'],
  ['/', 'slash (\\x2f)'],
  ['\x7f', 'backspace (\\x7f)'],
];

function nameErrors(role: string): readonly string[] {
  return [
    ...['', '.', '..'].flatMap((name) => (role === name ? [`A role name must not be "${name}".`] : [])),
    ...(role.startsWith('-') ? ["A role name must not start with a '-'."] : []),
    ...FORBIDDEN.flatMap(([character, name]) =>
      role.includes(character) ? [`A role name must not include a ${name} character.`] : [],
    ),
  ];
}

/** `*, dev and public` */
function inWords(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** The name of the top-level group that a run spec lies in; none right below the root. */
function groupRole(id: PathId): string | undefined {
  const [group, ...rest] = segmentsOf(id);
  return rest.length > 0 ? group : undefined;
}

/** The role of a run spec that names none. `enforced`: its top-level group makes its own name the role of all below. */
export const defaultRole = (id: PathId, enforced: boolean): string =>
  (enforced ? groupRole(id) : undefined) ?? DEFAULT_ROLE;

/** A run spec right below the root has the default role; others may also take the name of their top-level group. */
function validRoles(id: PathId, existing: string | undefined, enforced: boolean): readonly string[] {
  const roles = [...new Set([defaultRole(id, enforced), groupRole(id) ?? DEFAULT_ROLE])];
  return existing === undefined || roles.includes(existing) ? roles : [...roles, existing];
}

/**
 * Rules on `role` and `acceptedResourceRoles` (app-model.md §12). Besides Marathon's own, `agentRoles` of the
 * configuration may be accepted (design §8). `existing`: the role that an updated app or pod has already. `enforced`:
 * its top-level group allows no role but its own name.
 */
export function roleViolations(
  app: Pick<RunSpecDefinition, 'id' | 'role'>,
  accepted: readonly string[] | undefined,
  agentRoles: readonly string[],
  existing: string | undefined,
  enforced = false,
): readonly Violation[] {
  const roles = validRoles(app.id, existing, enforced);
  const path = '/acceptedResourceRoles';
  const acceptable = [...new Set([DEFAULT_ROLE, app.role, ...agentRoles])];
  return [
    ...unless(roles.includes(app.role), '/role', `got ${app.role}, expected one of: [${roles.join(', ')}]`),
    ...unless(accepted === undefined || accepted.length > 0, path, 'must not be empty'),
    ...(accepted ?? []).flatMap(nameErrors).map((error): Violation => [path, error]),
    ...unless(
      (accepted ?? []).every((role) => acceptable.includes(role)),
      path,
      `acceptedResourceRoles can only contain ${inWords(acceptable)}`,
    ),
  ];
}
