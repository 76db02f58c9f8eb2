/** A request without anything that belongs to one gateway: what routes and handlers see. */
export interface ApiRequest {
  readonly method: string;
  /** As the client sent it, less the stage: doubled and encoded slashes may be in it. */
  readonly path: string;
  /** Every value of every query parameter. */
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly clientIp: string;
  readonly requestId: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON value, or text as it is; absent: no body. */
  readonly json?: unknown;
  readonly text?: string;
}

/** Jersey's reading of booleans: `true` in any case is true, everything else false; absent is the fallback. */
export function flag(request: ApiRequest, name: string, fallback: boolean): boolean {
  const value = request.query.get(name)?.[0];
  return value === undefined || value === '' ? fallback : value.toLowerCase() === 'true';
}

export const firstValue = (request: ApiRequest, name: string): string | undefined => request.query.get(name)?.[0];
