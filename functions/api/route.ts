import type * as z from 'zod';
import type { AskedDeadline } from '../../lib/deployment/deadline.ts';
import { type PathId, resolvePathId } from '../../lib/model/path-id.ts';
import type { Answers } from './answers/answer.ts';
import type { Refusal } from './answers/refusals.ts';
import { deadlineOf, startsDeployments } from './deployment-deadline.ts';
import type { ApiDeps } from './deps.ts';
import type { ApiRequest, ApiResponse } from './http.ts';
import { queryOf } from './query.ts';

/** Parameters of a pattern that take several segments and are ids: made absolute and canonical. */
interface IdParams {
  readonly appId: PathId;
  readonly podId: PathId;
  readonly groupId: PathId;
  /** Of an app or a pod. */
  readonly runSpecId: PathId;
}
const ID_PARAMS: ReadonlySet<string> = new Set(['appId', 'podId', 'groupId', 'runSpecId'] satisfies (keyof IdParams)[]);
/** Takes several segments too, as they are. Every other parameter is one segment. */
const TAIL_PARAM = 'path';

type ParamName<P extends string> = P extends `${string}{${infer N}}${infer Rest}` ? N | ParamName<Rest> : never;
type Params<P extends string> = {
  readonly [N in ParamName<P>]: N extends keyof IdParams ? IdParams[N] : string;
};

/** What a handler is told of the request: parameters of path and query by name, the type it is to answer in, and the deadline of what it starts. */
type Asked<P extends string, Q extends z.ZodRawShape> = Params<P> &
  z.output<z.ZodObject<Q>> & { readonly mediaType: string; readonly deadline: AskedDeadline };

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface RouteFacts {
  /** Unique; the operation's id in the OpenAPI document. */
  readonly name: string;
  readonly method: Method;
  /** What it does, in one line of the OpenAPI document. */
  readonly summary: string;
  /** Media types it can answer in, the preferred one first; JSON when absent. */
  readonly produces?: readonly [string, ...string[]];
  /** The answer to a client that accepts none of them; 406 when absent. */
  readonly unacceptable?: ApiResponse;
  /** Media types of bodies; JSON when absent, and `any` where Marathon never looks (api-endpoints.md §1.1). */
  readonly consumes?: 'any' | readonly [string, ...string[]];
  /** Of the JSON body it takes; absent: it looks at none. */
  readonly body?: z.ZodType;
  /** Headers of requests that matter besides those of media types, with what they tell. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What it answers when it does what was asked. */
  readonly answers: Answers;
  /** Statuses in which it refuses, besides those that follow from its path, its body and its media types. */
  readonly refuses?: readonly Refusal[];
}

interface RouteSpec<P extends string, Q extends z.ZodRawShape> extends RouteFacts {
  /** `/v2/apps/{appId}/tasks/{taskId}`: {@link IdParams} and `path` take several segments, all others one. */
  readonly path: P;
  readonly query?: Q;
  readonly handler: (deps: ApiDeps, request: ApiRequest, asked: Asked<P, Q>) => Promise<ApiResponse> | ApiResponse;
}

/** Parameters of a path by name, ids canonical. */
type FoundParams = Readonly<Record<string, string>>;

/** One row of the table. */
export interface Route extends RouteFacts {
  readonly path: string;
  readonly query: z.ZodRawShape;
  readonly answer: (
    deps: ApiDeps,
    request: ApiRequest,
    params: FoundParams,
    mediaType: string,
  ) => Promise<ApiResponse> | ApiResponse;
}

/** Makes a row: binds the handler to what path and query hold by name. */
export function defineRoute<P extends string, Q extends z.ZodRawShape = Record<never, never>>(
  spec: RouteSpec<P, Q>,
): Route {
  const { handler, query, ...facts } = spec;
  const readQuery = queryOf(query ?? ({} as Q));
  return {
    ...facts,
    query: query ?? {},
    answer(deps, request, found, mediaType) {
      // The router takes the parameters from the pattern whose text `Params` reads.
      const params = found as Params<P>;
      const deadline = startsDeployments(facts.answers) ? deadlineOf(request.headers) : undefined;
      return handler(deps, request, { ...params, ...readQuery(request.query), mediaType, deadline });
    },
  };
}

export type RouteResult =
  | { readonly kind: 'found'; readonly route: Route; readonly params: FoundParams; readonly allow: readonly string[] }
  | { readonly kind: 'methodNotAllowed'; readonly allow: readonly string[] }
  | { readonly kind: 'notFound' };

/** The path in one spelling: decoded, no empty segments; so kept, collapsed and encoded slashes come to the same. */
function canonicalPath(path: string): string | undefined {
  try {
    return `/${decodeURIComponent(path)
      .split('/')
      .filter((segment) => segment !== '')
      .join('/')}`;
  } catch {
    // A stray percent sign is in no path of ours.
    return undefined;
  }
}

const takesSeveral = (name: string): boolean => name === TAIL_PARAM || ID_PARAMS.has(name);

/** `/v2/pods/{podId}::status` as an expression. Pods' `::` may come with a slash in front (clients.md, row 16). */
function expressionOf(path: string): RegExp {
  const text = path
    .replaceAll('}::', '}/?::')
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>${takesSeveral(name) ? '.+' : '[^/]+'})`);
  return new RegExp(`^${text}$`, 's');
}

function paramsOf(groups: Readonly<Record<string, string>> = {}): FoundParams {
  const canonical = ([name, text]: readonly [string, string]) =>
    [name, ID_PARAMS.has(name) ? resolvePathId(`/${text}`) : text] as const;
  return Object.fromEntries(Object.entries(groups).map(canonical));
}

/**
 * Finds rows by method and path. The first pattern of the table that fits a path decides, whatever its methods: so
 * narrow ones stand before wide ones, and a method that they lack is a 405. HEAD is a GET whose body is dropped later.
 */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => RouteResult {
  const patterns = [...Map.groupBy(routes, ({ path }) => path)].map(([path, rows]) => ({
    expression: expressionOf(path),
    rows: new Map<string, Route>(rows.map((row) => [row.method, row])),
  }));

  return function route(method, path) {
    const canonical = canonicalPath(path);
    if (canonical === undefined) return { kind: 'notFound' };
    for (const { expression, rows } of patterns) {
      const match = expression.exec(canonical);
      if (match === null) continue;
      const allow = [...rows.keys(), ...(rows.has('GET') ? ['HEAD'] : []), 'OPTIONS'];
      const found = rows.get(method === 'HEAD' ? 'GET' : method);
      if (found === undefined) return { kind: 'methodNotAllowed', allow };
      return { kind: 'found', route: found, params: paramsOf(match.groups), allow };
    }
    return { kind: 'notFound' };
  };
}
