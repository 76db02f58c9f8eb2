import type { AppError } from '../../errors/app-error.ts';
import type { SchedulerConfig } from '../../model/config.ts';
import { type PathId, parentOf, ROOT_ID, resolvePathId, topLevelOf } from '../../model/path-id.ts';
import type { AppDefinition } from '../../model/run-spec.ts';
import { distinct } from '../distinct.ts';
import { given } from '../given.ts';
import { completeApp, firstRefusal } from '../parse-app.ts';
import { pathViolations } from '../rules/ids.ts';
import { unless, type Violation } from '../rules/violation.ts';
import type { AppInput } from '../wire/app.ts';
import type { GroupInput } from './wire.ts';

/** A group as it is to be, ids absolute. What is absent stays as it is; what is listed replaces the whole list. */
export interface GroupContents {
  readonly id: PathId;
  readonly apps?: readonly AppDefinition[];
  readonly groups?: readonly GroupContents[];
  readonly dependencies?: readonly PathId[];
  readonly enforceRole?: boolean;
}

/** What is there already. */
export interface GroupSurroundings {
  readonly config: Pick<SchedulerConfig, 'agentRoles' | 'envVarsPrefix'>;
  /** The role of an app that exists, which it may keep. */
  readonly roleOf: (app: PathId) => string | undefined;
  /** Whether a group enforces its name as role; undefined when it does not exist. */
  readonly enforces: (group: PathId) => boolean | undefined;
}

export type JudgedGroup =
  | { readonly ok: true; readonly group: GroupContents }
  | { readonly ok: false; readonly error: AppError };

const isTopLevel = (id: PathId): boolean => id !== ROOT_ID && parentOf(id) === ROOT_ID;

const definesApps = ({ apps, groups }: GroupInput): boolean => apps !== undefined || (groups ?? []).some(definesApps);

/** Rules on a group and those below it (pod-and-group-model.md B4). `at`: the path of the group in the body. */
function groupViolations(
  input: GroupInput,
  id: PathId,
  at: string,
  touchesApps: boolean,
  surroundings: GroupSurroundings,
): readonly Violation[] {
  const { apps = [], groups = [], enforceRole } = input;
  const keys = Object.values(input).filter((value) => value !== undefined).length;
  const alone = 'not allowed in conjunction with other properties.';
  const stored = isTopLevel(id) ? surroundings.enforces(id) : undefined;
  return [
    ...unless(
      enforceRole !== true || isTopLevel(id),
      `${at}/enforceRole`,
      `enforceRole can only be set for top-level groups, and ${id} is not top-level`,
    ),
    ...unless(input.version === undefined || keys === 1, `${at}/version`, alone),
    ...unless(input.scaleBy === undefined || keys === 1, `${at}/scaleBy`, alone),
    ...(input.id === undefined ? [] : pathViolations(id, `${at}/id`)),
    ...apps.flatMap((app, index) =>
      unless(
        parentOf(resolvePathId(app.id, id)) === id,
        `${at}/apps(${index})/id`,
        `Identifier is not child of '${id}'`,
      ),
    ),
    ...groups.flatMap((group, index): readonly Violation[] => {
      const below = resolvePathId(group.id, id);
      const path = `${at}/groups(${index})`;
      return below !== ROOT_ID && parentOf(below) === id
        ? groupViolations(group, below, path, touchesApps, surroundings)
        : [[path, 'Group has to be child of groups with parent id']];
    }),
    ...unless(
      !touchesApps || enforceRole === undefined || stored === undefined || enforceRole === stored,
      `${at}/enforceRole`,
      'enforceRole cannot be modified in a request that adds, removes or modifies services; please make these changes in separate requests.',
    ),
  ];
}

/** The apps of one group, complete; or the first refusal, which carries no path of the group, as in Marathon. */
function completeApps(
  inputs: readonly AppInput[],
  base: PathId,
  enforceRole: boolean,
  { config, roleOf }: GroupSurroundings,
): readonly AppDefinition[] | AppError {
  const apps: AppDefinition[] = [];
  for (const input of inputs) {
    const existingRole = roleOf(resolvePathId(input.id, base));
    const parsed = completeApp(input, {
      config,
      base,
      enforcesRole: () => enforceRole,
      ...given({ existingRole }),
    });
    if (!parsed.ok) return parsed.error;
    apps.push(parsed.app);
  }
  return apps;
}

/** A group with all apps complete, its own first. */
function complete(
  input: GroupInput,
  id: PathId,
  enforced: boolean,
  surroundings: GroupSurroundings,
): GroupContents | AppError {
  const enforceRole = isTopLevel(id) ? (input.enforceRole ?? surroundings.enforces(id) ?? false) : enforced;
  const apps = input.apps && completeApps(input.apps, id, enforceRole, surroundings);
  if (apps instanceof Error) return apps;
  const groups: GroupContents[] = [];
  for (const group of input.groups ?? []) {
    const below = complete(group, resolvePathId(group.id, id), enforceRole, surroundings);
    if (below instanceof Error) return below;
    groups.push(below);
  }
  return {
    id,
    ...given({
      apps,
      groups: input.groups && groups,
      dependencies: input.dependencies && distinct(input.dependencies.map((text) => resolvePathId(text, id))),
      enforceRole: isTopLevel(id) ? input.enforceRole : undefined,
    }),
  };
}

/**
 * The contents that a request asks for, judged against what is there (pod-and-group-model.md B2–B5): 422 for the first
 * app that is wrong, then for every broken rule on the groups. Ids, cycles and locks are judged with the whole tree.
 */
export function judgeGroup(input: GroupInput, id: PathId, surroundings: GroupSurroundings): JudgedGroup {
  const enforced = id === ROOT_ID ? false : (surroundings.enforces(topLevelOf(id)) ?? false);
  const group = complete(input, id, enforced, surroundings);
  if (group instanceof Error) return { ok: false, error: group };
  const error = firstRefusal(() => groupViolations(input, id, '', definesApps(input), surroundings));
  return error === undefined ? { ok: true, group } : { ok: false, error };
}
