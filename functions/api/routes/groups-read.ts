import { groupNotFound, invalidTimestamp } from '../../../lib/errors/catalogue.ts';
import { isWithin, type PathId, ROOT_ID } from '../../../lib/model/path-id.ts';
import type { CurrentSpec } from '../../../lib/model/root.ts';
import type { AppSpec } from '../../../lib/model/run-spec.ts';
import { parseTimestamp, type Timestamp } from '../../../lib/model/timestamp.ts';
import { renderApp } from '../../../lib/schema/render-app.ts';
import type { LoadedTree } from '../../../lib/state/definitions.ts';
import { type DefinitionsView, loadDefinitions } from '../definitions-view.ts';
import type { ApiDeps } from '../deps.ts';
import { commitOf, commitsOf, hasGroup } from '../group-versions.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { presentApps } from '../present-apps.ts';
import { presentGroup } from '../presenters/group.ts';
import { type GroupEmbeds, resolveGroupEmbeds } from '../presenters/group-embeds.ts';

interface OfGroup {
  readonly groupId: PathId;
}

interface Embedding extends OfGroup {
  readonly embed: readonly string[];
}

/** The apps that an answer shows: all below the group, or only those right below it. */
async function appsShown(
  view: DefinitionsView,
  group: PathId,
  { apps, groups }: GroupEmbeds,
): Promise<readonly CurrentSpec<AppSpec>[]> {
  if (!apps) return [];
  const ids = [...view.tree.entries.values()].flatMap(({ id, kind }) =>
    kind === 'app' && isWithin(id, group) && (groups || id.lastIndexOf('/') <= group.length) ? [id] : [],
  );
  return view.listApps(new Set(ids));
}

/** `GET /v2/groups` and `GET /v2/groups/{id}`. */
export async function getGroup(
  deps: ApiDeps,
  _request: ApiRequest,
  { groupId, embed }: Embedding,
): Promise<ApiResponse> {
  const embeds = resolveGroupEmbeds(embed);
  const view = await loadDefinitions(deps.state);
  if (!hasGroup(view.tree.entries, groupId)) throw groupNotFound(groupId);
  const apps = await appsShown(view, groupId, embeds);
  const shown = await presentApps(deps, view, apps, embeds.ofApps);
  const content = {
    entries: view.tree.entries,
    version: view.root.value.version,
    apps: new Map(shown.map((app) => [app.id, app])),
    pods: new Map(),
  };
  return { status: 200, json: presentGroup(groupId, content, embeds) };
}

/** `GET /v2/groups/{id}/apps`: all apps below a group; none when there is no such group. */
export async function listGroupApps(
  deps: ApiDeps,
  _request: ApiRequest,
  { groupId, embed }: Embedding,
): Promise<ApiResponse> {
  const { ofApps } = resolveGroupEmbeds(embed);
  const view = await loadDefinitions(deps.state);
  const apps = (await view.listApps()).filter(({ id }) => isWithin(id, groupId));
  return { status: 200, json: await presentApps(deps, view, apps, ofApps) };
}

/** `GET /v2/groups/{id}/versions`: every version of the root in which the group existed, newest first. */
export async function listGroupVersions(
  deps: ApiDeps,
  _request: ApiRequest,
  { groupId }: OfGroup,
): Promise<ApiResponse> {
  const view = await loadDefinitions(deps.state);
  if (!hasGroup(view.tree.entries, groupId)) throw groupNotFound(groupId);
  const found: Timestamp[] = [];
  for (const { version, tree } of commitsOf(view.root.value)) {
    const there = groupId === ROOT_ID || (await deps.state.definitions.findEntry(tree, groupId))?.kind === 'group';
    if (there) found.push(version);
  }
  return { status: 200, json: found };
}

/** The apps below a group as they were, as they are to be shown. */
async function formerApps(
  { state }: ApiDeps,
  entries: LoadedTree['entries'],
  group: PathId,
): Promise<ReadonlyMap<PathId, object>> {
  const apps = [...entries.values()].flatMap((entry) =>
    entry.kind === 'app' && isWithin(entry.id, group) ? [entry] : [],
  );
  const specs = await state.definitions.getSpecs(apps.map(({ spec }) => spec));
  return new Map(
    apps.flatMap(({ id, spec: hash }) => {
      const spec = specs.get(hash)?.spec;
      return spec?.kind === 'app' ? [[id, renderApp(spec)] as const] : [];
    }),
  );
}

/** `GET /v2/groups/{id}/versions/{version}`: the group as it was, apps without status. */
export async function getGroupVersion(
  deps: ApiDeps,
  _request: ApiRequest,
  { groupId, version: text, embed }: Embedding & { readonly version: string },
): Promise<ApiResponse> {
  const version = parseTimestamp(text);
  if (version === undefined) throw invalidTimestamp(text);
  const view = await loadDefinitions(deps.state);
  const commit = commitOf(view.root.value, version);
  const tree = commit === undefined ? undefined : await deps.state.definitions.loadTree(commit.tree);
  if (tree === undefined || !hasGroup(tree.entries, groupId)) throw groupNotFound(groupId);
  const apps = await formerApps(deps, tree.entries, groupId);
  const content = { entries: tree.entries, version, apps, pods: new Map() };
  return { status: 200, json: presentGroup(groupId, content, resolveGroupEmbeds(embed)) };
}
