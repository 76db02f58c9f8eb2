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
  /** The body's bytes, when the gateway brought it as such; `body` is then their UTF-8 reading. */
  readonly binaryBody?: Uint8Array;
  readonly clientIp: string;
  readonly requestId: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON value, or text as it is; absent: no body. */
  readonly json?: unknown;
  readonly text?: string;
  /** Bytes as they are, for clients that accept `application/octet-stream`. */
  readonly binary?: Uint8Array;
}
