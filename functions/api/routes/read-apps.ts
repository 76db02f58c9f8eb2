import pMap from 'p-map';
import { appNotFound, invalidTimestamp } from '../../../lib/errors/catalogue.ts';
import type { DeploymentPlan } from '../../../lib/model/deployment.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import type { PathId } from '../../../lib/model/path-id.ts';
import type { CurrentSpec } from '../../../lib/model/root.ts';
import type { AppSpec } from '../../../lib/model/run-spec.ts';
import { parseTimestamp } from '../../../lib/model/timestamp.ts';
import { renderApp } from '../../../lib/schema/render-app.ts';
import { loadDefinitions } from '../definitions-view.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { parseLabelSelector } from '../label-selector.ts';
import { type AppStatus, presentApp, presentVersions } from '../presenters/app.ts';
import { APP_EMBEDS, APP_LIST_EMBEDS, type AppEmbeds, resolveAppEmbeds } from '../presenters/app-embeds.ts';
import { isListed, presentTask, servicePortsOf } from '../presenters/task.ts';

const READS_AT_ONCE = 64;

interface OfApp {
  readonly appId: PathId;
}

async function instancesOf({ state }: ApiDeps, id: PathId): Promise<readonly Instance[]> {
  return (await state.instances.list(id)).map(({ value }) => value);
}

async function statusOf(
  deps: ApiDeps,
  id: PathId,
  plans: readonly DeploymentPlan[],
  embeds: AppEmbeds,
): Promise<AppStatus> {
  const [instances, entry] = await Promise.all([
    instancesOf(deps, id),
    embeds.has('lastTaskFailure') ? deps.state.instances.getQueueEntry(id) : undefined,
  ]);
  const failure = entry?.value.lastTaskFailure;
  return {
    instances,
    deployments: plans.filter((plan) => plan.affected.includes(id)).map((plan) => plan.id),
    now: deps.clock.now(),
    ...(failure === undefined ? {} : { lastTaskFailure: failure }),
  };
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
  const view = await loadDefinitions(deps.state);
  const [apps, plans] = await Promise.all([view.listApps(), view.runningPlans()]);
  const shown = await pMap(
    apps.filter(matches(filter)),
    async (app) => presentApp(app.spec, await statusOf(deps, app.id, plans, embeds), embeds),
    { concurrency: READS_AT_ONCE },
  );
  return { status: 200, json: { apps: shown } };
}

async function findApp(deps: ApiDeps, id: PathId) {
  const view = await loadDefinitions(deps.state);
  const app = await view.findApp(id);
  if (app === undefined) throw appNotFound(id);
  return { view, app };
}

/** `GET /v2/apps/{id}`. */
export async function getApp(
  deps: ApiDeps,
  _request: ApiRequest,
  { appId, embed }: OfApp & { readonly embed: readonly string[] },
): Promise<ApiResponse> {
  const embeds = resolveAppEmbeds(APP_EMBEDS, embed);
  const { view, app } = await findApp(deps, appId);
  const status = await statusOf(deps, appId, await view.runningPlans(), embeds);
  return { status: 200, json: { app: presentApp(app.spec, status, embeds) } };
}

/** `GET /v2/apps/{id}/tasks`. */
export async function listAppTasks(deps: ApiDeps, _request: ApiRequest, { appId }: OfApp): Promise<ApiResponse> {
  const { app } = await findApp(deps, appId);
  const instances = await instancesOf(deps, appId);
  return {
    status: 200,
    json: { tasks: instances.filter(isListed).map((instance) => presentTask(instance, app.spec)) },
  };
}

const STATES = new Map([
  ['running', ['Running']],
  ['staging', ['Provisioned', 'Staging']],
]);

/** `GET /v2/tasks`: tasks of all apps, the only list with service ports. Unknown states are dropped from the filter. */
export async function listTasks(
  deps: ApiDeps,
  _request: ApiRequest,
  query: { readonly status: readonly string[]; readonly 'status[]': readonly string[] },
): Promise<ApiResponse> {
  const wanted = new Set(
    [...query.status, ...query['status[]']].flatMap((state) => STATES.get(state.toLowerCase()) ?? []),
  );
  const view = await loadDefinitions(deps.state);
  const tasks = await pMap(
    await view.listApps(),
    async ({ id, spec }) => {
      const instances = (await instancesOf(deps, id)).filter(isListed);
      return instances
        .filter(({ condition }) => wanted.size === 0 || wanted.has(condition))
        .map((instance) => presentTask(instance, spec, servicePortsOf(spec)));
    },
    { concurrency: READS_AT_ONCE },
  );
  return { status: 200, json: { tasks: tasks.flat() } };
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
