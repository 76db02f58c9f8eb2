import { notAcceptable, unsupportedMediaType } from '../../lib/errors/catalogue.ts';
import type { ApiRequest } from './http.ts';
import type { Route } from './route.ts';

/** Routes whose answers are no JSON, or that never looked at media types (api-endpoints.md §1.1). */
const UNCHECKED: ReadonlySet<Route['kind']> = new Set(['ping', 'leader', 'listTasks']);

const isJson = (type: string): boolean => /^(application\/json|application\/\*|\*\/\*)$/.test(type);

/** Throws 415 for a body of another type, and 406 when the client takes no JSON. */
export function checkMediaTypes(request: ApiRequest, route: Route): void {
  const plain = (value: string): string => (value.split(';')[0] ?? '').trim().toLowerCase();
  const accept = request.headers.get('accept');
  if (route.kind !== 'ping' && accept !== undefined && accept.trim() !== '') {
    if (!accept.split(',').some((range) => isJson(plain(range)))) throw notAcceptable();
  }
  if (UNCHECKED.has(route.kind)) return;
  const contentType = request.headers.get('content-type');
  if (contentType !== undefined && plain(contentType) !== 'application/json') throw unsupportedMediaType();
}
