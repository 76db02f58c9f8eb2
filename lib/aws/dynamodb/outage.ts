import * as z from 'zod';
import { StoreUnavailable } from '../../gateways/store.ts';

const sdkError = z.object({
  name: z.string().optional(),
  code: z.string().optional(),
  $metadata: z.object({ httpStatusCode: z.number().optional() }).optional(),
  $response: z.object({ statusCode: z.number().optional() }).optional(),
});

const THROTTLING = new Set(['ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'ThrottlingException']);
const TIMEOUTS = new Set(['TimeoutError', 'RequestTimeout', 'RequestTimeoutException', 'AbortError']);
const NETWORK = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** No answer, or one that tells nothing (5xx): the request may have been carried out. */
export function leavesOutcomeOpen(error: unknown): boolean {
  const { data } = sdkError.safeParse(error);
  if (data === undefined) return false;
  const status = data.$metadata?.httpStatusCode ?? data.$response?.statusCode ?? 0;
  return status >= 500 || TIMEOUTS.has(data.name ?? '') || NETWORK.has(data.code ?? '');
}

/** Outages, time-outs and throttling as `StoreUnavailable` with their cause; any other error as it is. */
export function toStoreError(error: unknown): unknown {
  const name = error instanceof Error ? error.name : '';
  if (!THROTTLING.has(name) && !leavesOutcomeOpen(error)) return error;
  return new StoreUnavailable(`DynamoDB is not available: ${String(error)}`, { cause: error });
}
