import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { presentInfo } from '../presenters/info.ts';

/** `GET /ping`: `pong` in the type that was asked for (api-endpoints.md §8). */
export function ping(request: ApiRequest): ApiResponse {
  const accept = request.headers.get('accept') ?? '*/*';
  if (accept.includes('*/*') || accept.includes('text/plain') || accept.includes('text/*'))
    return { status: 200, text: 'pong' };
  if (accept.includes('text/html')) return { status: 200, text: 'pong', headers: { 'Content-Type': 'text/html' } };
  if (accept.includes('application/json')) return { status: 200, json: 'pong' };
  return { status: 204 };
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
export function systemInfo({ config }: ApiDeps, request: ApiRequest): ApiResponse {
  const { host, port, scheme } = authority(request);
  return { status: 200, json: presentInfo(config, host, port, scheme) };
}

/** The address that every answer names as the leader: there are no standbys. */
export function leaderAddress(request: ApiRequest): { readonly url: string; readonly hostPort: string } {
  const { host, port, scheme } = authority(request);
  return { url: `${scheme}://${host}:${port}`, hostPort: `${host}:${port}` };
}

/** `GET /v2/leader`. */
export function leader(request: ApiRequest): ApiResponse {
  return { status: 200, json: { leader: leaderAddress(request).hostPort } };
}
