import type { WantedChange } from '../../lib/deployment/plan-change.ts';
import { groupVersionNotFound, notValid } from '../../lib/errors/catalogue.ts';
import { entriesWithin, replaceContents, restoreGroup, type TreeEdit } from '../../lib/group/edit-group.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { CurrentSpec } from '../../lib/model/root.ts';
import type { AppDefinition, RunSpecDefinition } from '../../lib/model/run-spec.ts';
import type { Timestamp } from '../../lib/model/timestamp.ts';
import { judgeGroup } from '../../lib/schema/group/judge-group.ts';
import { appIdsOf, type GroupRequest } from '../../lib/schema/group/read-group.ts';
import type { GroupInput } from '../../lib/schema/group/wire.ts';
import { modelViolations } from '../../lib/schema/rules/app.ts';
import { groupByPath } from '../../lib/schema/wire/issues.ts';
import type { DefinitionsView } from '../runtime/definitions/definitions-view.ts';
import { accepted } from './accepted.ts';
import type { ApiDeps } from './deps.ts';
import { commitOf, hasGroup } from './group-versions.ts';

/** Marathon counts instances in an int. */
const MAX_INSTANCES = 2_147_483_647;

/** The apps and pods among the ids, by id. */
async function currentSpecs(view: DefinitionsView, ids: Iterable<PathId>): Promise<ReadonlyMap<PathId, CurrentSpec>> {
  const wanted = new Set(ids);
  const found = await Promise.all([view.listApps(wanted), view.listPods(wanted)]);
  return new Map(found.flat().map((spec) => [spec.id, spec]));
}

/** An edit of the tree as changes of what is there. */
export async function wantedByEdit<S>(
  view: DefinitionsView,
  { groups, specs }: TreeEdit<S>,
  definitionOf: (spec: S) => RunSpecDefinition,
): Promise<readonly WantedChange[]> {
  const current = await currentSpecs(view, specs.keys());
  return [
    ...[...groups].map(([id, after]): WantedChange => ({ kind: 'group', id, ...(after === null ? {} : { after }) })),
    ...[...specs].map(([id, spec]): WantedChange => {
      const before = current.get(id);
      return {
        id,
        ...(before === undefined ? {} : { before }),
        ...(spec === null ? {} : { after: definitionOf(spec) }),
      };
    }),
  ];
}

/** New contents. Throws what they are refused with. */
async function contents(
  { config }: ApiDeps,
  view: DefinitionsView,
  id: PathId,
  input: GroupInput,
): Promise<readonly WantedChange[]> {
  const { entries } = view.tree;
  const known = await currentSpecs(view, appIdsOf(input, id));
  const { group } = accepted(
    judgeGroup(input, id, {
      config,
      roleOf: (app) => known.get(app)?.spec.role,
      enforces: (one) => {
        const entry = entries.get(one);
        return entry?.kind === 'group' ? entry.enforceRole === true : undefined;
      },
    }),
  );
  return wantedByEdit(view, replaceContents(group, entries), (app: AppDefinition) => app);
}

function scaled({ spec }: CurrentSpec, by: number): RunSpecDefinition {
  const { version: _version, versionInfo: _versionInfo, ...definition } = spec;
  return { ...definition, instances: Math.min(MAX_INSTANCES, Math.ceil(definition.instances * by)) };
}

/** Every app below multiplied; pods stay as they are. The group is made when it does not exist. */
async function scaling(view: DefinitionsView, id: PathId, by: number): Promise<readonly WantedChange[]> {
  const ids = entriesWithin(id, view.tree.entries).map((entry) => entry.id);
  const apps = await view.listApps(new Set(ids));
  const changes = apps.map((before) => ({ id: before.id, before, after: scaled(before, by) }));
  const broken = changes.flatMap(({ after }) =>
    after.kind === 'app'
      ? modelViolations(after).map(([path, error]) => [`/apps/${after.id}${path === '/' ? '' : path}`, error] as const)
      : [],
  );
  if (broken.length > 0) throw notValid(groupByPath(broken));
  if (hasGroup(view.tree.entries, id)) return changes;
  return [...changes, { kind: 'group', id, after: { kind: 'group', id, dependencies: [] } }];
}

/** The group as it was in a version of the root. */
async function rollback(
  { state }: ApiDeps,
  view: DefinitionsView,
  id: PathId,
  version: Timestamp,
): Promise<readonly WantedChange[]> {
  const commit = commitOf(view.root.value, version);
  const former = commit === undefined ? undefined : (await state.definitions.loadTree(commit.tree)).entries;
  if (former === undefined || !hasGroup(former, id)) throw groupVersionNotFound(id, version);
  const edit = restoreGroup(id, view.tree.entries, former);
  const specs = await state.definitions.getSpecs([...edit.specs.values()].flatMap((entry) => entry?.spec ?? []));
  return wantedByEdit(view, edit, (entry) => {
    const stored = specs.get(entry.spec);
    if (stored === undefined) throw new Error(`the definition of ${entry.id} is gone (${entry.spec})`);
    const { version: _version, versionInfo: _versionInfo, ...definition } = stored.spec;
    return definition;
  });
}

/** The changes that a request makes to a group under the present definitions. Throws what it is refused with. */
export function wantedGroup(
  deps: ApiDeps,
  view: DefinitionsView,
  request: GroupRequest,
): Promise<readonly WantedChange[]> {
  switch (request.kind) {
    case 'contents':
      return contents(deps, view, request.id, request.input);
    case 'scale':
      return scaling(view, request.id, request.by);
    case 'rollback':
      return rollback(deps, view, request.id, request.version);
  }
}
