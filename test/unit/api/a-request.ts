import type { ApiRequest } from '../../../functions/api/http.ts';

interface Given {
  readonly method?: string;
  readonly path?: string;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** `GET /v2/apps` without headers; a body that is no text is sent as JSON. */
export function aRequest({
  method = 'GET',
  path = '/v2/apps',
  query = {},
  headers = {},
  body = '',
}: Given = {}): ApiRequest {
  return {
    method,
    path,
    query: new Map(Object.entries(query).map(([name, value]) => [name, typeof value === 'string' ? [value] : value])),
    headers: new Map(Object.entries(headers)),
    body: typeof body === 'string' ? body : JSON.stringify(body),
    clientIp: '10.0.4.17',
    requestId: 'request-1',
  };
}
