import { LOCAL_ACCOUNT } from '../endpoint/aws-service.ts';
import type { RouteMatch } from './route-table.ts';

/** A request as it came in over HTTP. */
export interface ProxyRequest {
  readonly method: string;
  /** Path as sent, without query, the stage's name still in it when the client wrote it. */
  readonly rawPath: string;
  /** Path as sent, without the stage. */
  readonly path: string;
  readonly query: string;
  /** Name, value, name, value… as sent. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly requestId: string;
  readonly receivedAt: Date;
}

/** The event of a Lambda proxy integration of a REST API (payload format 1.0). */
export function toProxyEvent(
  request: ProxyRequest,
  match: RouteMatch,
  api: { readonly id: string; readonly stage: string; readonly binaryMediaTypes: readonly string[] },
) {
  const headers = multiValues(pairs(request.rawHeaders));
  const host = header(headers, 'host');
  headers['X-Forwarded-For'] = [request.sourceIp];
  headers['X-Forwarded-Proto'] = ['http'];
  headers['X-Forwarded-Port'] = [host.split(':')[1] ?? '80'];
  const query = multiValues([...new URLSearchParams(request.query)]);
  const binary = isBinary(header(headers, 'content-type'), api.binaryMediaTypes);
  const hasQuery = Object.keys(query).length > 0;
  return {
    resource: match.resourcePath,
    path: request.path,
    httpMethod: request.method,
    headers: lastValues(headers),
    multiValueHeaders: headers,
    queryStringParameters: hasQuery ? lastValues(query) : null,
    multiValueQueryStringParameters: hasQuery ? query : null,
    pathParameters: match.pathParameters,
    stageVariables: null,
    requestContext: {
      resourceId: match.resourceId,
      resourcePath: match.resourcePath,
      httpMethod: request.method,
      path: request.rawPath,
      stage: api.stage,
      apiId: api.id,
      accountId: LOCAL_ACCOUNT,
      protocol: 'HTTP/1.1',
      domainName: host,
      domainPrefix: host.split(/[.:]/)[0] ?? '',
      requestId: request.requestId,
      extendedRequestId: request.requestId,
      requestTime: commonLogTime(request.receivedAt),
      requestTimeEpoch: request.receivedAt.getTime(),
      identity: { sourceIp: request.sourceIp, userAgent: header(headers, 'user-agent') || null },
    },
    body: request.body.length === 0 ? null : request.body.toString(binary ? 'base64' : 'utf8'),
    isBase64Encoded: binary && request.body.length > 0,
  };
}

/** Whether a media type is among an API's binary ones; wildcards as in `image/*`. */
export function isBinary(mediaType: string, binaryMediaTypes: readonly string[]): boolean {
  const type = mediaType.split(';')[0]?.trim().toLowerCase() ?? '';
  return binaryMediaTypes.some((entry) => {
    const [family, kind] = entry.toLowerCase().split('/');
    if (family === '*') return true;
    return kind === '*' ? type.startsWith(`${family}/`) : type === entry.toLowerCase();
  });
}

function pairs(rawHeaders: readonly string[]): readonly (readonly [string, string])[] {
  return rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : []));
}

function multiValues(entries: readonly (readonly [string, string])[]): Record<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of entries) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries(values);
}

function lastValues(values: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? '']));
}

function header(headers: Readonly<Record<string, readonly string[]>>, name: string): string {
  return (
    Object.entries(headers)
      .find(([key]) => key.toLowerCase() === name)?.[1]
      .at(-1) ?? ''
  );
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `09/Apr/2015:12:34:56 +0000` */
function commonLogTime(time: Date): string {
  const [date = '', clock = ''] = time.toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${clock.slice(0, 8)} +0000`;
}
