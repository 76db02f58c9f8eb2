import { type PathId, resolvePathId } from '../../lib/model/path-id.ts';

/** What a request is for. Ids are canonical; `*` lists keep the group they were asked of. */
export type Route =
  | { readonly kind: 'ping' }
  | { readonly kind: 'info' }
  | { readonly kind: 'leader' }
  | { readonly kind: 'listApps' }
  | { readonly kind: 'createApp' }
  | { readonly kind: 'getApp'; readonly id: PathId }
  | { readonly kind: 'putApp'; readonly id: PathId }
  | { readonly kind: 'patchApp'; readonly id: PathId }
  | { readonly kind: 'deleteApp'; readonly id: PathId }
  | { readonly kind: 'restartApp'; readonly id: PathId }
  | { readonly kind: 'listAppTasks'; readonly id: PathId }
  | { readonly kind: 'listVersions'; readonly id: PathId }
  | { readonly kind: 'getVersion'; readonly id: PathId; readonly version: string }
  | { readonly kind: 'listTasks' }
  | { readonly kind: 'listDeployments' };

export type RouteResult =
  | { readonly kind: 'found'; readonly route: Route; readonly allow: readonly string[] }
  | { readonly kind: 'methodNotAllowed'; readonly allow: readonly string[] }
  | { readonly kind: 'notFound' };

type Methods = Readonly<Partial<Record<string, Route>>>;

/** Segments of a path, decoded; empty ones dropped, so kept, collapsed and encoded slashes come to the same. */
function segmentsOf(path: string): readonly string[] | undefined {
  try {
    return decodeURIComponent(path)
      .split('/')
      .filter((segment) => segment !== '');
  } catch {
    // A stray percent sign is in no path of ours.
    return undefined;
  }
}

/** Below `/v2/apps/`: a suffix needs at least one segment of an id before it (api-endpoints.md §1.4). */
function appMethods(rest: readonly string[]): Methods {
  const idOf = (segments: readonly string[]): PathId => resolvePathId(`/${segments.join('/')}`);
  const [beforeLast, last] = [rest.at(-2), rest.at(-1)];
  if (rest.length > 1 && last === 'restart') {
    // A DELETE reaches apps whose last segment is `restart`, from before that was refused.
    return { POST: { kind: 'restartApp', id: idOf(rest.slice(0, -1)) }, DELETE: { kind: 'deleteApp', id: idOf(rest) } };
  }
  if (rest.length > 1 && last === 'versions') return { GET: { kind: 'listVersions', id: idOf(rest.slice(0, -1)) } };
  if (rest.length > 1 && last === 'tasks') return { GET: { kind: 'listAppTasks', id: idOf(rest.slice(0, -1)) } };
  if (rest.length > 2 && beforeLast === 'versions' && last !== undefined) {
    return { GET: { kind: 'getVersion', id: idOf(rest.slice(0, -2)), version: last } };
  }
  // A task's path is no app's.
  if (rest.length > 2 && beforeLast === 'tasks') return {};
  const id = idOf(rest);
  return {
    GET: { kind: 'getApp', id },
    PUT: { kind: 'putApp', id },
    PATCH: { kind: 'patchApp', id },
    DELETE: { kind: 'deleteApp', id },
  };
}

function methodsOf(segments: readonly string[]): Methods | undefined {
  const [first, second, ...rest] = segments;
  if (segments.length === 1 && first === 'ping') return { GET: { kind: 'ping' } };
  if (first !== 'v2') return undefined;
  if (second === 'apps' && rest.length > 0) return appMethods(rest);
  if (rest.length > 0) return undefined;
  switch (second) {
    case 'apps':
      return { GET: { kind: 'listApps' }, POST: { kind: 'createApp' } };
    case 'tasks':
      return { GET: { kind: 'listTasks' } };
    case 'deployments':
      return { GET: { kind: 'listDeployments' } };
    case 'info':
      return { GET: { kind: 'info' } };
    case 'leader':
      return { GET: { kind: 'leader' } };
    default:
      return undefined;
  }
}

/** What a method on a path means. HEAD is a GET whose body is dropped later. */
export function route(method: string, path: string): RouteResult {
  const segments = segmentsOf(path);
  const methods = segments === undefined ? undefined : methodsOf(segments);
  if (methods === undefined) return { kind: 'notFound' };
  const allow = [...Object.keys(methods), ...('GET' in methods ? ['HEAD'] : []), 'OPTIONS'];
  const asked = method === 'HEAD' ? 'GET' : method;
  const found = Object.hasOwn(methods, asked) ? methods[asked] : undefined;
  return found === undefined ? { kind: 'methodNotAllowed', allow } : { kind: 'found', route: found, allow };
}
