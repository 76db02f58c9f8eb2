import { appExists, appNotFound } from '../../../lib/errors/catalogue.ts';
import { apiPostEvent } from '../../../lib/event/events.ts';
import type { MarathonEvent } from '../../../lib/model/outbox.ts';
import { type PathId, parentOf } from '../../../lib/model/path-id.ts';
import type { CurrentSpec } from '../../../lib/model/root.ts';
import type { AppSpec } from '../../../lib/model/run-spec.ts';
import { parseApp } from '../../../lib/schema/parse-app.ts';
import { renderApp } from '../../../lib/schema/render-app.ts';
import { type DefinitionsView, loadDefinitions } from '../../runtime/definitions/definitions-view.ts';
import { accepted } from '../accepted.ts';
import { deploymentAnswer, deploymentHeader } from '../deployment-answer.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { presentNewApp } from '../presenters/app.ts';
import { readBody } from '../read-body.ts';
import { type StartedChange as Change, type Starting, startDeployment } from '../start-deployment.ts';
import { wantedApp } from '../wanted-app.ts';

interface OfApp extends Starting {
  readonly appId: PathId;
}

/** `api_post_event` with the definition as the API shows it (events.md §2). */
const postEvent = (deps: ApiDeps, request: ApiRequest, shown: object): MarathonEvent =>
  apiPostEvent({ clientIp: request.clientIp, uri: request.path, appDefinition: { ...shown } }, deps.clock.now());

/** `POST /v2/apps`. */
export async function createApp(deps: ApiDeps, request: ApiRequest, starting: Starting): Promise<ApiResponse> {
  const body = readBody(request);
  const { enforcesRole } = await loadDefinitions(deps.state);
  const { app } = accepted(parseApp(body, { config: deps.config, enforcesRole }));
  const change: Change = {
    async decide(view) {
      if (view.tree.entries.get(app.id)?.kind === 'app') throw appExists(app.id);
      return [{ id: app.id, after: app }];
    },
    group: parentOf(app.id),
    // The definition as submitted: ports not assigned yet, no versionInfo.
    events: ({ plan }) => [postEvent(deps, request, renderApp({ ...app, version: plan.version }))],
  };
  return startDeployment(deps, starting, change, (done) => ({
    status: 201,
    headers: { ...deploymentHeader(done), Location: app.id },
    json: presentNewApp(app, done.plan.version, done.plan.id),
  }));
}

interface Update extends OfApp {
  readonly partialUpdate: boolean;
  readonly mustExist: boolean;
}

async function updateApp(
  deps: ApiDeps,
  request: ApiRequest,
  { appId: id, partialUpdate, mustExist, ...starting }: Update,
): Promise<ApiResponse> {
  const body = readBody(request);
  let created = false;
  const change: Change = {
    decide: async (view) => [await wantedApp(deps, view, { id, body, partialUpdate, mustExist })],
    group: parentOf(id),
    events({ after }, current) {
      created = !current.has(id);
      const stored = after.get(id);
      return stored?.kind !== 'app' ? [] : [postEvent(deps, request, renderApp(stored))];
    },
  };
  return startDeployment(deps, starting, change, (done) =>
    created ? deploymentAnswer(done, 201, { Location: id }) : deploymentAnswer(done),
  );
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
  { appId: id, ...starting }: OfApp,
): Promise<ApiResponse> {
  const change: Change = {
    decide: async (view) => [{ id, before: await existing(view, id) }],
    group: parentOf(id),
  };
  return startDeployment(deps, starting, change, (done) => deploymentAnswer(done));
}

/** `POST /v2/apps/{id}/restart`: the body is ignored. */
export async function restartApp(
  deps: ApiDeps,
  _request: ApiRequest,
  { appId: id, ...starting }: OfApp,
): Promise<ApiResponse> {
  const change: Change = {
    async decide(view) {
      const before = await existing(view, id);
      const { version: _version, versionInfo: _versionInfo, ...after } = before.spec;
      return [{ id, before, after, restart: true }];
    },
    group: parentOf(id),
  };
  return startDeployment(deps, starting, change, (done) => deploymentAnswer(done));
}
