import * as z from 'zod';
import { illegalArgument, pluginNotFound } from '../../../lib/errors/catalogue.ts';
import { REFUSALS } from '../answers/refusals.ts';
import { config, info, leader, message, plugins } from '../answers/system.ts';
import { BASE_PATH } from '../base-path.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { ANY_TYPE, JSON_TYPE, TEXT_TYPE } from '../media-types.ts';
import { presentInfo } from '../presenters/info.ts';
import { text, texts } from '../query.ts';
import { defineRoute, type Route } from '../route.ts';

const STREAM_TYPE = 'text/event-stream;charset=utf-8';

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
function tellLeader(request: ApiRequest): ApiResponse {
  return { status: 200, json: { leader: leaderAddress(request).hostPort } };
}

/** Old clients name files for a backup; there is none to be made by hand. */
function refuseBackup(name: string, uri: string | undefined): void {
  if (uri === undefined || uri === '') return;
  throw illegalArgument(
    `The parameter ${name} is not served: the state is in DynamoDB. Use its backups and point-in-time recovery instead.`,
  );
}

/** `DELETE /v2/leader`: whoever schedules at this moment steps down; the next tick begins anew. */
async function abdicate(
  { state }: ApiDeps,
  _request: ApiRequest,
  { backup, restore }: { readonly backup: string | undefined; readonly restore: string | undefined },
): Promise<ApiResponse> {
  refuseBackup('backup', backup);
  refuseBackup('restore', restore);
  await state.coordination.endLease();
  return { status: 200, json: { message: 'Leadership abdicated' } };
}

/**
 * `GET /v2/events` in a spelling that the gateway did not know for the stream's, as behind a base URL that ends in a
 * slash: clients of Marathon follow redirects there, as from a standby. HEAD tells the type.
 */
function redirectToStream(request: ApiRequest): ApiResponse {
  if (request.method === 'HEAD') return { status: 200, headers: { 'Content-Type': STREAM_TYPE } };
  const query = new URLSearchParams();
  for (const [name, values] of request.query) for (const value of values) query.append(name, value);
  const location = `${leaderAddress(request).url}${BASE_PATH}/v2/events${query.size === 0 ? '' : `?${query}`}`;
  return { status: 302, headers: { Location: location } };
}

/** There are no plugins, so every one is unknown. */
const pluginRoutes = (
  [
    ['GET', 'getPlugin'],
    ['PUT', 'putPlugin'],
    ['POST', 'postPlugin'],
    ['DELETE', 'deletePlugin'],
  ] as const
).map(([method, name]) =>
  defineRoute({
    name,
    method,
    path: '/v2/plugins/{pluginId}/{path}',
    summary: 'Hands the request to a plugin; there are none.',
    answers: { 404: { ...REFUSALS[404], mediaTypes: [JSON_TYPE] } },
    produces: [ANY_TYPE],
    consumes: 'any',
    handler: (_deps, _request, { pluginId }) => {
      throw pluginNotFound(pluginId);
    },
  }),
);

/** What belongs to no app: the state of the scheduler itself. */
export const systemRoutes: readonly Route[] = [
  defineRoute({
    name: 'ping',
    method: 'GET',
    path: '/ping',
    summary: 'Whether the API answers.',
    answers: { 200: { description: '`pong`.', schema: z.literal('pong') } },
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
    answers: { 200: { description: 'Version and configuration.', schema: info } },
    handler: systemInfo,
  }),
  defineRoute({
    name: 'getLeader',
    method: 'GET',
    path: '/v2/leader',
    summary: 'The address of the API.',
    answers: { 200: { description: 'The address that the client used.', schema: leader } },
    consumes: 'any',
    handler: (_deps, request) => tellLeader(request),
  }),
  defineRoute({
    name: 'deleteLeader',
    method: 'DELETE',
    path: '/v2/leader',
    summary: 'Lets the scheduler begin anew.',
    answers: { 200: { description: 'Done.', schema: message } },
    refuses: [422],
    consumes: 'any',
    query: {
      backup: text('Not served: 422.'),
      restore: text('Not served: 422.'),
    },
    handler: abdicate,
  }),
  defineRoute({
    name: 'streamEvents',
    method: 'GET',
    path: '/v2/events',
    summary: 'The events, as they happen, as server-sent events.',
    answers: {
      200: {
        description: 'Events, each with `id`, `event` (its type) and `data` (its JSON).',
        schema: z.string(),
        mediaTypes: ['text/event-stream'],
      },
      302: {
        description: 'To the spelling of the path that is served.',
        headers: { Location: 'Where the events are.' },
      },
    },
    refuses: [405],
    headers: { 'Last-Event-ID': 'The `id` of an event: those after it are sent first.' },
    produces: [ANY_TYPE],
    consumes: 'any',
    query: {
      event_type: texts('Types to send; all when there is none.'),
      'plan-format': text('Ignored: plans are always shown in the light form.'),
    },
    handler: (_deps, request) => redirectToStream(request),
  }),
  defineRoute({
    name: 'getConfig',
    method: 'GET',
    path: '/config',
    summary: 'The configuration in effect.',
    answers: { 200: { description: 'The configuration.', schema: config } },
    consumes: 'any',
    handler: (deps) => ({ status: 200, json: deps.config }),
  }),
  defineRoute({
    name: 'listPlugins',
    method: 'GET',
    path: '/v2/plugins',
    summary: 'The plugins; there are none.',
    answers: { 200: { description: 'None.', schema: plugins } },
    consumes: 'any',
    handler: () => ({ status: 200, json: { plugins: [] } }),
  }),
  ...pluginRoutes,
];
