import { AppError, toErrorBody } from '../../lib/errors/app-error.ts';
import { internalError, methodNotAllowed, tryAgain, uriNotFound } from '../../lib/errors/catalogue.ts';
import { StoreUnavailable } from '../../lib/gateways/store.ts';
import { assertNever } from '../../lib/model/brand.ts';
import type { ApiDeps } from './deps.ts';
import type { ApiRequest, ApiResponse } from './http.ts';
import { checkMediaTypes } from './media-types.ts';
import { type Route, route } from './route.ts';
import { listDeployments } from './routes/deployments.ts';
import { getApp, getVersion, listApps, listAppTasks, listTasks, listVersions } from './routes/read-apps.ts';
import { leader, ping, systemInfo } from './routes/system.ts';
import { createApp, deleteApp, restartApp, updateApp } from './routes/write-apps.ts';

function handle(deps: ApiDeps, request: ApiRequest, found: Route): Promise<ApiResponse> | ApiResponse {
  switch (found.kind) {
    case 'ping':
      return ping(request);
    case 'info':
      return systemInfo(deps, request);
    case 'leader':
      return leader(request);
    case 'listApps':
      return listApps(deps, request);
    case 'createApp':
      return createApp(deps, request);
    case 'getApp':
      return getApp(deps, request, found.id);
    case 'putApp':
      return updateApp(deps, request, found.id, false);
    case 'patchApp':
      return updateApp(deps, request, found.id, true);
    case 'deleteApp':
      return deleteApp(deps, request, found.id);
    case 'restartApp':
      return restartApp(deps, request, found.id);
    case 'listAppTasks':
      return listAppTasks(deps, found.id);
    case 'listVersions':
      return listVersions(deps, found.id);
    case 'getVersion':
      return getVersion(deps, found.id, found.version);
    case 'listTasks':
      return listTasks(deps, request);
    case 'listDeployments':
      return listDeployments(deps);
    default:
      return assertNever(found);
  }
}

async function dispatch(deps: ApiDeps, request: ApiRequest): Promise<ApiResponse> {
  const result = route(request.method, request.path);
  if (result.kind === 'notFound') throw uriNotFound();
  const allow = { Allow: result.allow.join(', ') };
  if (request.method === 'OPTIONS') return { status: 200, headers: allow };
  if (result.kind === 'methodNotAllowed') {
    const error = methodNotAllowed();
    return { status: error.status, headers: allow, json: toErrorBody(error) };
  }
  checkMediaTypes(request, result.route);
  return handle(deps, request, result.route);
}

/** What went wrong, as Marathon would say it; faults of ours are logged and shown without their cause. */
function toAppError(error: unknown, request: ApiRequest): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof StoreUnavailable) return tryAgain('The store did not answer.', error);
  return internalError(request.requestId, error);
}

/** The API as one function of a request: everything about a gateway stays outside. Never rejects. */
export function createApi(deps: ApiDeps) {
  return async function api(request: ApiRequest): Promise<ApiResponse> {
    try {
      return await dispatch(deps, request);
    } catch (error) {
      const known = toAppError(error, request);
      if (known.status >= 500) {
        deps.log.error(known.message, error, {
          requestId: request.requestId,
          method: request.method,
          path: request.path,
        });
      }
      return { status: known.status, json: toErrorBody(known) };
    }
  };
}
