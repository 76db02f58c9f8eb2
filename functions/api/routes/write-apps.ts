import type { PlannedChange, WantedChange } from '../../../lib/deployment/plan-change.ts';
import type { AppError } from '../../../lib/errors/app-error.ts';
import { appExists, appNotFound } from '../../../lib/errors/catalogue.ts';
import { apiPostEvent, groupChangeSuccess } from '../../../lib/event/events.ts';
import type { MarathonEvent } from '../../../lib/model/outbox.ts';
import { type PathId, parentOf } from '../../../lib/model/path-id.ts';
import type { CurrentSpec } from '../../../lib/model/root.ts';
import type { AppDefinition, AppSpec } from '../../../lib/model/run-spec.ts';
import { type AppUpdate, applyAppUpdate, parseAppUpdate } from '../../../lib/schema/app-update.ts';
import { parseApp } from '../../../lib/schema/parse-app.ts';
import { renderApp } from '../../../lib/schema/render-app.ts';
import { commitChange } from '../commit-change.ts';
import type { DefinitionsView } from '../definitions-view.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { presentNewApp } from '../presenters/app.ts';
import { presentDeploymentResult } from '../presenters/deployment.ts';
import { readBody } from '../read-body.ts';

interface Forced {
  readonly force: boolean;
}

interface OfApp extends Forced {
  readonly appId: PathId;
}

/** A parse result's value, or its refusal thrown. */
function accepted<T extends { readonly ok: true }>(parsed: T | { readonly ok: false; readonly error: AppError }): T {
  if (!parsed.ok) throw parsed.error;
  return parsed;
}

const deploymentHeader = (change: PlannedChange) => ({ 'Marathon-Deployment-Id': change.plan.id });

const result = (change: PlannedChange, status = 200, headers = {}): ApiResponse => ({
  status,
  headers: { ...deploymentHeader(change), ...headers },
  json: presentDeploymentResult(change.plan.version, change.plan.id),
});

/** `api_post_event` with the definition as stored, then the change of the group above (events.md §2). */
function postEvents(
  deps: ApiDeps,
  request: ApiRequest,
  id: PathId,
  change: PlannedChange,
  shown: object,
): readonly MarathonEvent[] {
  const now = deps.clock.now();
  return [
    apiPostEvent({ clientIp: request.clientIp, uri: request.path, appDefinition: { ...shown } }, now),
    groupChangeSuccess(parentOf(id), change.plan.version, now),
  ];
}

/** `POST /v2/apps`. */
export async function createApp(deps: ApiDeps, request: ApiRequest, { force }: Forced): Promise<ApiResponse> {
  const { app } = accepted(parseApp(readBody(request), { config: deps.config }));
  const change = await commitChange(deps, {
    force,
    async decide(view) {
      if (view.tree.entries.get(app.id)?.kind === 'app') throw appExists(app.id);
      return [{ id: app.id, after: app }];
    },
    // The definition as submitted: ports not assigned yet, no versionInfo.
    events: (planned) =>
      postEvents(deps, request, app.id, planned, renderApp({ ...app, version: planned.plan.version })),
  });
  return {
    status: 201,
    headers: { ...deploymentHeader(change), Location: app.id },
    json: presentNewApp(app, change.plan.version, change.plan.id),
  };
}

/** The stored definition of an earlier version (or the present one). */
async function definitionAt(deps: ApiDeps, current: CurrentSpec<AppSpec>, version: string): Promise<AppDefinition> {
  if (current.spec.version === version) return current.spec;
  const former = current.former.find((one) => one.version === version);
  const specs = former === undefined ? undefined : await deps.state.definitions.getSpecs([former.hash]);
  const stored = former === undefined ? undefined : specs?.get(former.hash);
  if (stored?.spec.kind !== 'app') throw appNotFound(current.id);
  const { version: _version, versionInfo: _versionInfo, ...definition } = stored.spec;
  return definition;
}

async function updated(deps: ApiDeps, current: CurrentSpec<AppSpec>, update: AppUpdate): Promise<AppDefinition> {
  return update.kind === 'rollback'
    ? definitionAt(deps, current, update.version)
    : accepted(applyAppUpdate(current.spec, update.fields, { config: deps.config })).app;
}

interface Update extends OfApp {
  readonly partialUpdate: boolean;
  readonly mustExist: boolean;
}

async function updateApp(
  deps: ApiDeps,
  request: ApiRequest,
  { appId: id, force, partialUpdate, mustExist }: Update,
): Promise<ApiResponse> {
  const body = readBody(request);

  async function decide(view: DefinitionsView): Promise<readonly WantedChange[]> {
    const before = await view.findApp(id);
    if (before === undefined) {
      // Marathon judges the body as a whole definition first, so 422 may come before 404.
      const { app } = accepted(parseApp(body, { config: deps.config, id }));
      if (mustExist) throw appNotFound(id);
      return [{ id, after: app }];
    }
    const after = partialUpdate
      ? await updated(deps, before, accepted(parseAppUpdate(body)).update)
      : accepted(parseApp(body, { config: deps.config, id, existingRole: before.spec.role })).app;
    return [{ id, before, after: { ...after, id } }];
  }

  let created = false;
  const change = await commitChange(deps, {
    force,
    decide,
    events(planned, current) {
      created = !current.has(id);
      const stored = planned.after.get(id);
      return stored?.kind !== 'app' ? [] : postEvents(deps, request, id, planned, renderApp(stored));
    },
  });
  return created ? result(change, 201, { Location: id }) : result(change);
}

/** `PUT /v2/apps/{id}`. */
export function putApp(
  deps: ApiDeps,
  request: ApiRequest,
  asked: OfApp & { readonly partialUpdate: boolean },
): Promise<ApiResponse> {
  return updateApp(deps, request, { ...asked, mustExist: false });
}

/** `PATCH /v2/apps/{id}`. */
export function patchApp(deps: ApiDeps, request: ApiRequest, asked: OfApp): Promise<ApiResponse> {
  return updateApp(deps, request, { ...asked, partialUpdate: true, mustExist: true });
}

async function existing(view: DefinitionsView, id: PathId): Promise<CurrentSpec<AppSpec>> {
  const before = await view.findApp(id);
  if (before === undefined) throw appNotFound(id);
  return before;
}

/** `DELETE /v2/apps/{id}`: `force` is true unless the client says otherwise. */
export async function deleteApp(
  deps: ApiDeps,
  _request: ApiRequest,
  { appId: id, force }: OfApp,
): Promise<ApiResponse> {
  const change = await commitChange(deps, {
    force,
    decide: async (view) => [{ id, before: await existing(view, id) }],
    events: (planned) => [groupChangeSuccess(parentOf(id), planned.plan.version, deps.clock.now())],
  });
  return result(change);
}

/** `POST /v2/apps/{id}/restart`: the body is ignored. */
export async function restartApp(
  deps: ApiDeps,
  _request: ApiRequest,
  { appId: id, force }: OfApp,
): Promise<ApiResponse> {
  const change = await commitChange(deps, {
    force,
    async decide(view) {
      const before = await existing(view, id);
      const { version: _version, versionInfo: _versionInfo, ...after } = before.spec;
      return [{ id, before, after, restart: true }];
    },
    events: (planned) => [groupChangeSuccess(parentOf(id), planned.plan.version, deps.clock.now())],
  });
  return result(change);
}
