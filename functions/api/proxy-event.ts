import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { corsHeaders } from '../runtime/cors.ts';
import { BASE_PATH } from './base-path.ts';
import type { ApiRequest, ApiResponse } from './http.ts';
import { jsonText } from './json-text.ts';
import { leaderAddress } from './routes/system.ts';

/** Behind a custom domain the base path is in front of the path. */
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
  const binary = event.isBase64Encoded ? Buffer.from(body, 'base64') : undefined;
  return {
    method: event.httpMethod.toUpperCase(),
    path: withoutBasePath(event.path),
    query: new Map(query),
    headers: new Map(headers),
    body: binary?.toString('utf8') ?? body,
    ...(binary === undefined ? {} : { binaryBody: binary }),
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

function bodyOf({ binary, text, json }: ApiResponse) {
  if (binary !== undefined) {
    return { body: Buffer.from(binary).toString('base64'), isBase64Encoded: true, type: 'application/octet-stream' };
  }
  if (text !== undefined) return { body: text, isBase64Encoded: false, type: 'text/plain' };
  return { body: json === undefined ? '' : jsonText(json), isBase64Encoded: false, type: 'application/json' };
}

/** The answer as a REST API takes it. `allowedOrigins`: whose pages browsers may let read it. */
export function toProxyResult(
  request: ApiRequest,
  response: ApiResponse,
  allowedOrigins: readonly string[],
): APIGatewayProxyResult {
  const { body, isBase64Encoded, type } = bodyOf(response);
  const headers = {
    ...COMMON_HEADERS,
    'X-Marathon-Leader': leaderAddress(request).url,
    ...corsHeaders(allowedOrigins, request.headers),
    ...(body === '' ? {} : { 'Content-Type': type }),
    ...response.headers,
  };
  const isHead = request.method === 'HEAD';
  return {
    statusCode: response.status,
    headers,
    body: isHead ? '' : body,
    isBase64Encoded: isBase64Encoded && !isHead,
  };
}
