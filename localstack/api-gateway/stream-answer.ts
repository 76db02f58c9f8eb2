import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { LambdaService } from '../lambda/lambda-service.ts';
import { FUNCTION_FAILED, type GatewayErrorType } from './gateway-responses.ts';
import { toHttpHead } from './proxy-response.ts';
import type { RouteMatch } from './route-table.ts';

/** API Gateway ends a stream on which nothing was sent for this long (Regional endpoints, aws.md §4.4). */
const IDLE_LIMIT_MS = 5 * 60_000;

export interface StreamExchange {
  readonly lambda: LambdaService;
  readonly match: RouteMatch;
  readonly event: unknown;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** The gateway is being stopped. */
  readonly stopping: AbortSignal;
  fail(type: GatewayErrorType, message: string): void;
}

/** Passes a function's answer on as it is written; its head goes out at once. Ends when the client goes. */
export async function streamAnswer(exchange: StreamExchange): Promise<void> {
  const { lambda, match, event, response, requestId, fail } = exchange;
  const gone = new AbortController();
  let timedOut = false;
  const end = () => gone.abort();
  const expire = () => {
    timedOut = true;
    end();
  };
  response.on('close', end);
  exchange.stopping.addEventListener('abort', end, { once: true });
  const timers = [setTimeout(expire, match.integration.timeoutMs), setTimeout(expire, IDLE_LIMIT_MS)];
  let malformed = false;
  const outcome = await lambda.invokeStreaming(match.integration.functionName, event, {
    gone: gone.signal,
    head(head) {
      const http = toHttpHead(head);
      malformed = http === undefined;
      if (http === undefined) return;
      response.writeHead(http.status, { ...http.headers, 'x-amzn-requestid': requestId });
      response.flushHeaders();
    },
    async chunk(chunk) {
      timers[1]?.refresh();
      if (malformed || response.write(chunk) || gone.signal.aborted) return;
      // Rejects when the client goes; the function then notices by itself.
      await once(response, 'drain', { signal: gone.signal }).catch(() => undefined);
    },
  });
  for (const timer of timers) clearTimeout(timer);
  exchange.stopping.removeEventListener('abort', end);
  response.off('close', end);
  if (gone.signal.aborted && response.headersSent) return void response.end();
  if (timedOut) return fail('INTEGRATION_TIMEOUT', 'Endpoint request timed out');
  if (!outcome.ok && outcome.error.errorType === 'TooManyRequestsException') {
    return fail('THROTTLED', outcome.error.errorMessage);
  }
  if (!outcome.ok || malformed) return fail('DEFAULT_5XX', FUNCTION_FAILED);
  response.end();
}
