import { AppError, toErrorBody } from '../../lib/errors/app-error.ts';
import { internalError, methodNotAllowed, tryAgain, uriNotFound } from '../../lib/errors/catalogue.ts';
import { StoreUnavailable } from '../../lib/gateways/store.ts';
import { TaskFilesUnavailable } from '../../lib/gateways/task-files.ts';
import type { ApiDeps, ApiGateways } from './deps.ts';
import type { ApiRequest, ApiResponse } from './http.ts';
import { mediaTypeFor } from './media-types.ts';
import { createRequestLog } from './request-log.ts';
import { createRequestMetrics } from './request-metrics.ts';
import { route } from './routes.ts';

async function dispatch(deps: ApiDeps, request: ApiRequest): Promise<ApiResponse> {
  const result = route(request.method, request.path);
  if (result.kind === 'notFound') throw uriNotFound();
  const allow = { Allow: result.allow.join(', ') };
  if (request.method === 'OPTIONS') return { status: 200, headers: allow };
  if (result.kind === 'methodNotAllowed') {
    const error = methodNotAllowed();
    return { status: error.status, headers: allow, json: toErrorBody(error) };
  }
  const mediaType = mediaTypeFor(request, result.route);
  if (mediaType === undefined) return result.route.unacceptable ?? { status: 406 };
  return result.route.answer(deps, request, result.params, mediaType);
}

/** What went wrong, as Marathon would say it; faults of ours are logged and shown without their cause. */
function toAppError(error: unknown, request: ApiRequest): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof StoreUnavailable) return tryAgain('The store did not answer.', error);
  if (error instanceof TaskFilesUnavailable) return tryAgain('The log of tasks did not answer.', error);
  return internalError(request.requestId, error);
}

/** The API as one function of a request: everything about a gateway stays outside. Never rejects. */
export function createApi(gateways: ApiGateways) {
  const { clock, log } = gateways;
  const requests = createRequestMetrics(clock.now());
  const beginLog = createRequestLog(gateways);
  const deps: ApiDeps = { ...gateways, requests };

  async function answer(request: ApiRequest): Promise<ApiResponse> {
    try {
      return await dispatch(deps, request);
    } catch (error) {
      const known = toAppError(error, request);
      if (known.status >= 500) {
        log.error(known.message, error, { requestId: request.requestId, method: request.method, path: request.path });
      }
      return { status: known.status, json: toErrorBody(known) };
    }
  }

  return async function api(request: ApiRequest): Promise<ApiResponse> {
    const began = clock.now();
    requests.began();
    const logAnswer = beginLog(request);
    const response = await answer(request);
    requests.ended(request.method, response.status, began, clock.now());
    await logAnswer(response);
    return response;
  };
}
