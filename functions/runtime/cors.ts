/** How long a browser may remember an answer to `OPTIONS`, seconds: Marathon's. */
const MAX_AGE = 86_400;

/**
 * Headers by which browsers let pages of other origins read answers (api-endpoints.md §1.1); none unless origins are
 * configured, as with Marathon's `--access_control_allow_origin`.
 * @param allowed origins, or `*` for all
 * @param headers of the request, names in lower case
 */
export function corsHeaders(
  allowed: readonly string[],
  headers: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  if (allowed.length === 0) return {};
  const origin = headers.get('origin');
  const named = origin !== undefined && allowed.includes(origin) ? origin : allowed[0];
  const requested = headers.get('access-control-request-headers');
  return {
    'Access-Control-Allow-Origin': allowed.includes('*') ? '*' : (named ?? ''),
    ...(requested === undefined ? {} : { 'Access-Control-Allow-Headers': requested }),
    'Access-Control-Allow-Methods': 'GET, HEAD, OPTIONS',
    'Access-Control-Max-Age': String(MAX_AGE),
    ...(allowed.length > 1 ? { Vary: 'Origin' } : {}),
  };
}
