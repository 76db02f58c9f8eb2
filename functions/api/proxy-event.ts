import { Readable } from 'node:stream';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { toErrorBody } from '../../lib/errors/app-error.ts';
import { answerTooLarge } from '../../lib/errors/catalogue.ts';
import { corsHeaders } from '../runtime/cors.ts';
import { BASE_PATH } from './base-path.ts';
import type { ApiRequest, ApiResponse } from './http.ts';
import { jsonPieces, jsonText } from './json-text.ts';
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

/** Lambda's limit for the JSON of a result (aws.md §4.3). */
const RESULT_LIMIT = 6 * 1024 * 1024;
/** No character takes more than six bytes there. */
const SURELY_SMALL = RESULT_LIMIT / 8;
/** Characters that are streamed at once. */
const CHUNK_LENGTH = 64 * 1024;

function bodyOf({ binary, text, json }: ApiResponse) {
  if (binary !== undefined) {
    return { body: Buffer.from(binary).toString('base64'), isBase64Encoded: true, type: 'application/octet-stream' };
  }
  if (text !== undefined) return { body: text, isBase64Encoded: false, type: 'text/plain' };
  return { body: json === undefined ? '' : jsonText(json), isBase64Encoded: false, type: 'application/json' };
}

function headersOf(request: ApiRequest, response: ApiResponse, type: string | undefined, origins: readonly string[]) {
  return {
    ...COMMON_HEADERS,
    'X-Marathon-Leader': leaderAddress(request).url,
    ...corsHeaders(origins, request.headers),
    ...(type === undefined ? {} : { 'Content-Type': type }),
    ...response.headers,
  };
}

/** The error instead of a result that Lambda would refuse: API Gateway would say no more than 502. */
function withinLimit(request: ApiRequest, result: APIGatewayProxyResult, origins: readonly string[]) {
  if (result.body.length < SURELY_SMALL) return result;
  const size = Buffer.byteLength(JSON.stringify(result));
  if (size <= RESULT_LIMIT) return result;
  const error = answerTooLarge(size, RESULT_LIMIT);
  return toProxyResult(request, { status: error.status, json: toErrorBody(error) }, origins);
}

/** The answer as a REST API takes it. `origins`: whose pages browsers may let read it. */
export function toProxyResult(
  request: ApiRequest,
  response: ApiResponse,
  origins: readonly string[],
): APIGatewayProxyResult {
  const { body, isBase64Encoded, type } = bodyOf(response);
  const isHead = request.method === 'HEAD';
  const result = {
    statusCode: response.status,
    headers: headersOf(request, response, body === '' ? undefined : type, origins),
    body: isHead ? '' : body,
    isBase64Encoded: isBase64Encoded && !isHead,
  };
  return withinLimit(request, result, origins);
}

/** Pieces in strings that are worth sending. */
function* inChunks(pieces: Iterable<string>): Generator<string> {
  let chunk: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    chunk.push(piece);
    length += piece.length;
    if (length < CHUNK_LENGTH) continue;
    yield chunk.join('');
    chunk = [];
    length = 0;
  }
  if (length > 0) yield chunk.join('');
}

/** The same for a stream: JSON or text of any size. */
export function toStreamedResult(request: ApiRequest, response: ApiResponse, origins: readonly string[]) {
  const { text, json } = response;
  const isEmpty = (text ?? json) === undefined || request.method === 'HEAD';
  const type = text === undefined ? 'application/json' : 'text/plain';
  return {
    statusCode: response.status,
    headers: headersOf(request, response, isEmpty ? undefined : type, origins),
    body: isEmpty ? '' : Readable.from(inChunks(text === undefined ? jsonPieces(json) : [text]), { objectMode: false }),
  };
}
