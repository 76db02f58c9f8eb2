import { appNotFound, groupNotFound, invalidTimestamp } from '../../../lib/errors/catalogue.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import { isWithin, type PathId, parentOf, ROOT_ID } from '../../../lib/model/path-id.ts';
import type { CurrentSpec } from '../../../lib/model/root.ts';
import type { AppSpec } from '../../../lib/model/run-spec.ts';
import { parseTimestamp } from '../../../lib/model/timestamp.ts';
import { renderApp } from '../../../lib/schema/render-app.ts';
import { type DefinitionsView, loadDefinitions } from '../../runtime/definitions/definitions-view.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { ofKeptTexts } from '../json-text.ts';
import { parseLabelSelector } from '../label-selector.ts';
import { TEXT_TYPE } from '../media-types.ts';
import { instancesById, presentApps } from '../present-apps.ts';
import { presentVersions } from '../presenters/app.ts';
import { APP_EMBEDS, APP_LIST_EMBEDS, resolveAppEmbeds } from '../presenters/app-embeds.ts';
import { isListed, presentTask, servicePortsOf } from '../presenters/task.ts';
import { presentTaskText } from '../presenters/task-text.ts';

interface OfApp {
  readonly appId: PathId;
}

interface AppFilter {
  readonly cmd: string | undefined;
  readonly id: string | undefined;
  readonly label: string | undefined;
}

/** `cmd` and `id` ask for a part of the text, whatever its case; apps without `cmd` never match. */
function matches(filter: AppFilter): (app: CurrentSpec<AppSpec>) => boolean {
  const [cmd, id] = [filter.cmd?.toLowerCase(), filter.id?.toLowerCase()];
  const hasLabels = parseLabelSelector(filter.label ?? '');
  return ({ spec }) =>
    hasLabels(spec.labels) &&
    (cmd === undefined || spec.cmd?.toLowerCase().includes(cmd) === true) &&
    (id === undefined || spec.id.toLowerCase().includes(id));
}

/** `GET /v2/apps`. */
export async function listApps(
  deps: ApiDeps,
  _request: ApiRequest,
  { embed, ...filter }: AppFilter & { readonly embed: readonly string[] },
): Promise<ApiResponse> {
  const embeds = resolveAppEmbeds(APP_LIST_EMBEDS, embed);
  const passes = matches(filter);
  const view = await loadDefinitions(deps.state);
  const apps = await view.listApps();
  return { status: 200, json: ofKeptTexts({ apps: await presentApps(deps, view, apps.filter(passes), embeds) }) };
}

async function findApp(deps: ApiDeps, id: PathId) {
  const view = await loadDefinitions(deps.state);
  const app = await view.findApp(id);
  if (app === undefined) throw appNotFound(id);
  return { view, app };
}

/** The group that `/a/b/*` stands for; undefined for an id without the wildcard (api-endpoints.md §1.4). */
export const wildcardGroup = (id: PathId): PathId | undefined => (id.endsWith('/*') ? parentOf(id) : undefined);

/** All apps of a group and of the groups below it. */
async function appsOfGroup(view: DefinitionsView, group: PathId): Promise<readonly CurrentSpec<AppSpec>[]> {
  if (group !== ROOT_ID && view.tree.entries.get(group)?.kind !== 'group') throw groupNotFound(group);
  const apps = await view.listApps();
  return apps.filter(({ id }) => isWithin(id, group));
}

/** `GET /v2/apps/{id}`, where the id may end in `*`. */
export async function getApp(
  deps: ApiDeps,
  _request: ApiRequest,
  { appId, embed }: OfApp & { readonly embed: readonly string[] },
): Promise<ApiResponse> {
  const embeds = resolveAppEmbeds(APP_EMBEDS, embed);
  const group = wildcardGroup(appId);
  if (group !== undefined) {
    const view = await loadDefinitions(deps.state);
    const apps = await appsOfGroup(view, group);
    return { status: 200, json: ofKeptTexts({ '*': await presentApps(deps, view, apps, embeds) }) };
  }
  const { view, app } = await findApp(deps, appId);
  const [shown] = await presentApps(deps, view, [app], embeds);
  return { status: 200, json: { app: shown } };
}

/** Which task list: all fields as JSON, or what a load balancer needs as text. */
interface TaskListing {
  readonly mediaType: string;
  readonly containerNetworks: string | undefined;
}

/** The tasks of some apps in the form that was asked for; `keep` picks among them, `ports` adds service ports. */
async function taskList(
  deps: ApiDeps,
  apps: readonly CurrentSpec<AppSpec>[],
  { mediaType, containerNetworks = '' }: TaskListing,
  keep: (instance: Instance) => boolean,
  ports: (app: AppSpec) => readonly number[],
): Promise<ApiResponse> {
  const instances = await instancesById(deps, apps);
  const listed = apps.map(({ id, spec }) => ({ id, app: spec, instances: (instances.get(id) ?? []).filter(isListed) }));
  if (mediaType === TEXT_TYPE) {
    const networks = containerNetworks.split(',').map((name) => name.trim());
    return { status: 200, text: presentTaskText(listed, new Set(networks)) };
  }
  const tasks = listed.flatMap(({ app, instances }) =>
    instances.filter(keep).map((instance) => presentTask(instance, app, ports(app))),
  );
  return { status: 200, json: { tasks } };
}

/** `GET /v2/apps/{id}/tasks`, where the id may end in `*`. */
export async function listAppTasks(
  deps: ApiDeps,
  _request: ApiRequest,
  { appId, ...listing }: OfApp & TaskListing,
): Promise<ApiResponse> {
  const group = wildcardGroup(appId);
  const apps =
    group === undefined
      ? [(await findApp(deps, appId)).app]
      : await appsOfGroup(await loadDefinitions(deps.state), group);
  return taskList(
    deps,
    apps,
    listing,
    () => true,
    () => [],
  );
}

const STATES = new Map([
  ['running', ['Running']],
  ['staging', ['Provisioned', 'Staging']],
]);

/** `GET /v2/tasks`: tasks of all apps, the only list with service ports. Unknown states are dropped from the filter. */
export async function listTasks(
  deps: ApiDeps,
  _request: ApiRequest,
  {
    status,
    'status[]': statuses,
    ...listing
  }: TaskListing & { readonly status: readonly string[]; readonly 'status[]': readonly string[] },
): Promise<ApiResponse> {
  const wanted = new Set([...status, ...statuses].flatMap((state) => STATES.get(state.toLowerCase()) ?? []));
  const view = await loadDefinitions(deps.state);
  const keep = ({ condition }: Instance): boolean => wanted.size === 0 || wanted.has(condition);
  return taskList(deps, await view.listApps(), listing, keep, servicePortsOf);
}

/** `GET /v2/apps/{id}/versions`. */
export async function listVersions(deps: ApiDeps, _request: ApiRequest, { appId }: OfApp): Promise<ApiResponse> {
  const { app } = await findApp(deps, appId);
  return { status: 200, json: presentVersions([app.spec.version, ...app.former.map(({ version }) => version)]) };
}

/** `GET /v2/apps/{id}/versions/{version}`: the bare app. */
export async function getVersion(
  deps: ApiDeps,
  _request: ApiRequest,
  { appId, version: text }: OfApp & { readonly version: string },
): Promise<ApiResponse> {
  const version = parseTimestamp(text);
  if (version === undefined) throw invalidTimestamp(text);
  const { app } = await findApp(deps, appId);
  if (app.spec.version === version) return { status: 200, json: renderApp(app.spec) };
  const former = app.former.find((one) => one.version === version);
  const stored =
    former === undefined ? undefined : (await deps.state.definitions.getSpecs([former.hash])).get(former.hash);
  if (stored?.spec.kind !== 'app') throw appNotFound(appId, version);
  return { status: 200, json: renderApp(stored.spec) };
}
