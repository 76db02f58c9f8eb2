import { groupNotFound, invalidTimestamp } from '../../../lib/errors/catalogue.ts';
import { isWithin, type PathId, ROOT_ID } from '../../../lib/model/path-id.ts';
import type { CurrentSpec } from '../../../lib/model/root.ts';
import type { AppSpec, PodSpec } from '../../../lib/model/run-spec.ts';
import { parseTimestamp, type Timestamp } from '../../../lib/model/timestamp.ts';
import { renderApp } from '../../../lib/schema/render-app.ts';
import type { LoadedTree } from '../../../lib/state/definitions.ts';
import { type DefinitionsView, loadDefinitions } from '../../runtime/definitions/definitions-view.ts';
import type { ApiDeps } from '../deps.ts';
import { commitOf, commitsOf, hasGroup } from '../group-versions.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { presentApps } from '../present-apps.ts';
import { presentPods } from '../present-pods.ts';
import { presentGroup } from '../presenters/group.ts';
import { type GroupEmbeds, resolveGroupEmbeds } from '../presenters/group-embeds.ts';

interface OfGroup {
  readonly groupId: PathId;
}

interface Embedding extends OfGroup {
  readonly embed: readonly string[];
}

/** The apps or pods that an answer shows: all below the group, or only those right below it. */
function idsShown(
  { tree }: DefinitionsView,
  shown: 'app' | 'pod',
  group: PathId,
  { apps, pods, groups }: GroupEmbeds,
): ReadonlySet<PathId> {
  if (!(shown === 'app' ? apps : pods)) return new Set();
  const ids = [...tree.entries.values()].flatMap(({ id, kind }) =>
    kind === shown && isWithin(id, group) && (groups || id.lastIndexOf('/') <= group.length) ? [id] : [],
  );
  return new Set(ids);
}

const byId = <T extends { readonly id: PathId }>(shown: readonly T[]): ReadonlyMap<PathId, T> =>
  new Map(shown.map((one) => [one.id, one]));

/** `GET /v2/groups` and `GET /v2/groups/{id}`. */
export async function getGroup(
  deps: ApiDeps,
  _request: ApiRequest,
  { groupId, embed }: Embedding,
): Promise<ApiResponse> {
  const embeds = resolveGroupEmbeds(embed);
  const view = await loadDefinitions(deps.state);
  if (!hasGroup(view.tree.entries, groupId)) throw groupNotFound(groupId);
  const [apps, pods] = await Promise.all([
    view.listApps(idsShown(view, 'app', groupId, embeds)),
    view.listPods(idsShown(view, 'pod', groupId, embeds)),
  ]);
  const content = {
    entries: view.tree.entries,
    version: view.root.value.version,
    apps: byId(await presentApps(deps, view, apps, embeds.ofApps)),
    pods: byId(await presentPods(deps, view, pods)),
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

/** The apps and pods below a group as they were. */
async function formerSpecs({ state }: ApiDeps, entries: LoadedTree['entries'], group: PathId) {
  const there = [...entries.values()].flatMap((entry) =>
    entry.kind !== 'group' && isWithin(entry.id, group) ? [entry] : [],
  );
  const specs = await state.definitions.getSpecs(there.map(({ spec }) => spec));
  const apps: AppSpec[] = [];
  const pods: CurrentSpec<PodSpec>[] = [];
  for (const { id, spec: hash } of there) {
    const stored = specs.get(hash);
    if (stored?.spec.kind === 'app') apps.push(stored.spec);
    else if (stored?.spec.kind === 'pod') pods.push({ ...stored, spec: stored.spec, id, hash });
  }
  return { apps, pods };
}

/** `GET /v2/groups/{id}/versions/{version}`: the group as it was, apps without status; pods always have one. */
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
  const { apps, pods } = await formerSpecs(deps, tree.entries, groupId);
  const content = {
    entries: tree.entries,
    version,
    apps: byId(apps.map(renderApp)),
    pods: byId(await presentPods(deps, view, pods)),
  };
  return { status: 200, json: presentGroup(groupId, content, resolveGroupEmbeds(embed)) };
}
