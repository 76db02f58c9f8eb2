import pMap from 'p-map';
import { appNotFound, invalidTimestamp } from '../../../lib/errors/catalogue.ts';
import type { DeploymentPlan } from '../../../lib/model/deployment.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import type { PathId } from '../../../lib/model/path-id.ts';
import type { CurrentSpec } from '../../../lib/model/root.ts';
import { parseTimestamp } from '../../../lib/model/timestamp.ts';
import { renderApp } from '../../../lib/schema/render-app.ts';
import { loadDefinitions } from '../definitions-view.ts';
import type { ApiDeps } from '../deps.ts';
import { type ApiRequest, type ApiResponse, firstValue } from '../http.ts';
import { parseLabelSelector } from '../label-selector.ts';
import { type AppStatus, presentApp, presentVersions } from '../presenters/app.ts';
import { APP_EMBEDS, APP_LIST_EMBEDS, type AppEmbeds, resolveAppEmbeds } from '../presenters/app-embeds.ts';
import { isListed, presentTask, servicePortsOf } from '../presenters/task.ts';

const READS_AT_ONCE = 64;

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

/** `cmd` and `id` ask for a part of the text, whatever its case; apps without `cmd` never match. */
function matches(request: ApiRequest): (app: CurrentSpec) => boolean {
  const part = (name: string): string | undefined => firstValue(request, name)?.toLowerCase();
  const [cmd, id] = [part('cmd'), part('id')];
  const hasLabels = parseLabelSelector(firstValue(request, 'label') ?? '');
  return ({ spec }) =>
    hasLabels(spec.labels) &&
    (cmd === undefined || spec.cmd?.toLowerCase().includes(cmd) === true) &&
    (id === undefined || spec.id.toLowerCase().includes(id));
}

/** `GET /v2/apps`. */
export async function listApps(deps: ApiDeps, request: ApiRequest): Promise<ApiResponse> {
  const embeds = resolveAppEmbeds(APP_LIST_EMBEDS, request.query.get('embed') ?? []);
  const view = await loadDefinitions(deps.state);
  const [apps, plans] = await Promise.all([view.list(), view.runningPlans()]);
  const shown = await pMap(
    apps.filter(matches(request)),
    async (app) => presentApp(app.spec, await statusOf(deps, app.id, plans, embeds), embeds),
    { concurrency: READS_AT_ONCE },
  );
  return { status: 200, json: { apps: shown } };
}

async function findApp(deps: ApiDeps, id: PathId) {
  const view = await loadDefinitions(deps.state);
  const app = await view.find(id);
  if (app === undefined) throw appNotFound(id);
  return { view, app };
}

/** `GET /v2/apps/{id}`. */
export async function getApp(deps: ApiDeps, request: ApiRequest, id: PathId): Promise<ApiResponse> {
  const embeds = resolveAppEmbeds(APP_EMBEDS, request.query.get('embed') ?? []);
  const { view, app } = await findApp(deps, id);
  const status = await statusOf(deps, id, await view.runningPlans(), embeds);
  return { status: 200, json: { app: presentApp(app.spec, status, embeds) } };
}

/** `GET /v2/apps/{id}/tasks`. */
export async function listAppTasks(deps: ApiDeps, id: PathId): Promise<ApiResponse> {
  const { app } = await findApp(deps, id);
  const instances = await instancesOf(deps, id);
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
export async function listTasks(deps: ApiDeps, request: ApiRequest): Promise<ApiResponse> {
  const asked = [...(request.query.get('status') ?? []), ...(request.query.get('status[]') ?? [])];
  const wanted = new Set(asked.flatMap((state) => STATES.get(state.toLowerCase()) ?? []));
  const view = await loadDefinitions(deps.state);
  const tasks = await pMap(
    await view.list(),
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
export async function listVersions(deps: ApiDeps, id: PathId): Promise<ApiResponse> {
  const { app } = await findApp(deps, id);
  return { status: 200, json: presentVersions([app.spec.version, ...app.former.map(({ version }) => version)]) };
}

/** `GET /v2/apps/{id}/versions/{version}`: the bare app. */
export async function getVersion(deps: ApiDeps, id: PathId, text: string): Promise<ApiResponse> {
  const version = parseTimestamp(text);
  if (version === undefined) throw invalidTimestamp(text);
  const { app } = await findApp(deps, id);
  if (app.spec.version === version) return { status: 200, json: renderApp(app.spec) };
  const former = app.former.find((one) => one.version === version);
  const stored =
    former === undefined ? undefined : (await deps.state.definitions.getSpecs([former.hash])).get(former.hash);
  if (stored === undefined) throw appNotFound(id, version);
  return { status: 200, json: renderApp(stored.spec) };
}
