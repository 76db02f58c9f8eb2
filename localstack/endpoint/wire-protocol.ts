import type { AwsError } from './aws-service.ts';

export interface WireRequest {
  readonly method: string;
  /** What follows the service's name, with the first slash: `/snapshots/snap-1/blocks`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

export interface WireAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** One of AWS's wire protocols, seen from the server: what the SDK sends in, what it understands out. */
export interface WireProtocol {
  /** Operation and input of a request. Throws `AwsError` when the request is none of this protocol. */
  decode(request: WireRequest): { readonly operation: string; readonly input: unknown };
  encodeAnswer(operation: string, answer: unknown, requestId: string): WireAnswer;
  encodeError(error: AwsError, requestId: string): WireAnswer;
}
