import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { ApiRequest, ApiResponse } from './http.ts';
import { leaderAddress } from './routes/system.ts';

/** Stage and base path of the API (design §5): in front of the path behind a custom domain. */
const BASE_PATH = '/marathon';

function withoutBasePath(path: string): string {
  return path === BASE_PATH || path.startsWith(`${BASE_PATH}/`) ? path.slice(BASE_PATH.length) || '/' : path;
}

/** A request from a REST API's proxy event. */
export function toApiRequest(event: APIGatewayProxyEvent): ApiRequest {
  const query = Object.entries(event.multiValueQueryStringParameters ?? {}).map(
    ([name, values]) => [name, values ?? []] as const,
  );
  const headers = Object.entries(event.headers ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), value] as const],
  );
  const body = event.body ?? '';
  return {
    method: event.httpMethod.toUpperCase(),
    path: withoutBasePath(event.path),
    query: new Map(query),
    headers: new Map(headers),
    body: event.isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body,
    clientIp: event.requestContext.identity?.sourceIp ?? '',
    requestId: event.requestContext.requestId,
  };
}

/** Headers of every answer of Marathon's leader (api-endpoints.md §1.1). */
const COMMON_HEADERS = {
  'X-Frame-Options': 'DENY',
  'X-XSS-Protection': '1; mode=block',
  'Cache-Control': 'no-cache, no-store, must-revalidate',
  Pragma: 'no-cache',
  Expires: '0',
};

/** The answer as a REST API takes it. */
export function toProxyResult(request: ApiRequest, response: ApiResponse): APIGatewayProxyResult {
  const isText = response.text !== undefined;
  const body = isText ? response.text : response.json === undefined ? '' : JSON.stringify(response.json);
  const type = body === '' ? {} : { 'Content-Type': isText ? 'text/plain' : 'application/json' };
  return {
    statusCode: response.status,
    headers: { ...COMMON_HEADERS, 'X-Marathon-Leader': leaderAddress(request).url, ...type, ...response.headers },
    body: request.method === 'HEAD' ? '' : (body ?? ''),
  };
}
