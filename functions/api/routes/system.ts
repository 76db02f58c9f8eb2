import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { JSON_TYPE, TEXT_TYPE } from '../media-types.ts';
import { presentInfo } from '../presenters/info.ts';
import { defineRoute, type Route } from '../route.ts';

/** `GET /ping`: `pong` in the type that was asked for (api-endpoints.md §8). */
function ping(mediaType: string): ApiResponse {
  if (mediaType === JSON_TYPE) return { status: 200, json: 'pong' };
  return { status: 200, text: 'pong', headers: { 'Content-Type': mediaType } };
}

/** Where the client reached us, as its `Host` header says. */
function authority(request: ApiRequest): {
  readonly host: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
} {
  const scheme = request.headers.get('x-forwarded-proto') === 'https' ? 'https' : 'http';
  const text = request.headers.get('host') ?? 'localhost';
  const url = URL.parse(`${scheme}://${text}`);
  const fallback = scheme === 'https' ? 443 : 80;
  return { scheme, host: url?.hostname ?? 'localhost', port: url?.port ? Number(url.port) : fallback };
}

/** `GET /v2/info`. */
function systemInfo({ config }: ApiDeps, request: ApiRequest): ApiResponse {
  const { host, port, scheme } = authority(request);
  return { status: 200, json: presentInfo(config, host, port, scheme) };
}

/** The address that every answer names as the leader: there are no standbys. */
export function leaderAddress(request: ApiRequest): { readonly url: string; readonly hostPort: string } {
  const { host, port, scheme } = authority(request);
  return { url: `${scheme}://${host}:${port}`, hostPort: `${host}:${port}` };
}

/** `GET /v2/leader`. */
function leader(request: ApiRequest): ApiResponse {
  return { status: 200, json: { leader: leaderAddress(request).hostPort } };
}

/** What belongs to no app: the state of the scheduler itself. */
export const systemRoutes: readonly Route[] = [
  defineRoute({
    name: 'ping',
    method: 'GET',
    path: '/ping',
    summary: 'Whether the API answers.',
    produces: [TEXT_TYPE, 'text/html', JSON_TYPE],
    unacceptable: { status: 204 },
    consumes: 'any',
    handler: (_deps, _request, { mediaType }) => ping(mediaType),
  }),
  defineRoute({
    name: 'getInfo',
    method: 'GET',
    path: '/v2/info',
    summary: 'Version and configuration.',
    handler: systemInfo,
  }),
  defineRoute({
    name: 'getLeader',
    method: 'GET',
    path: '/v2/leader',
    summary: 'The address of the API.',
    consumes: 'any',
    handler: (_deps, request) => leader(request),
  }),
];
