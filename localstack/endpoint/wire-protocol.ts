import type { AwsError } from './aws-service.ts';

export interface WireAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** One of AWS's wire protocols, seen from the server: what the SDK sends in, what it understands out. */
export interface WireProtocol {
  /** Operation and input of a request. Throws `AwsError` when the request is none of this protocol. */
  decode(
    headers: NodeJS.Dict<string | string[]>,
    body: string,
  ): { readonly operation: string; readonly input: unknown };
  encodeAnswer(operation: string, answer: unknown, requestId: string): WireAnswer;
  encodeError(error: AwsError, requestId: string): WireAnswer;
}
