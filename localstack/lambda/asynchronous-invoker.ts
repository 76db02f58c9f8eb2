import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { QueueService } from '../queue/queue-service.ts';
import type { FunctionModel } from '../template/cloud-model.ts';
import type { InvokeOutcome } from './function-worker.ts';
import type { LambdaService } from './lambda-service.ts';

/** Invokes functions without waiting for them, as EventBridge does: with retries, then the on-failure queue. */
export interface AsynchronousInvoker {
  invoke(functionArn: string, event: unknown): void;
  /** Gives up what waits for a retry. */
  stop(): void;
}

/** Before the first and the second retry. On AWS one and two minutes: on one machine nobody wants to wait so long. */
const RETRY_DELAYS_MS = [1_000, 2_000];

/** Events under way are kept in memory: they end with the process, and the timers of the stack make up for them. */
export function createAsynchronousInvoker(
  functions: readonly FunctionModel[],
  lambda: LambdaService,
  queues: QueueService,
  onError: (error: unknown) => void,
): AsynchronousInvoker {
  const stopping = new AbortController();

  const run = async (model: FunctionModel, event: unknown): Promise<void> => {
    const requestId = randomUUID();
    const { retries, maxAgeSeconds } = model.asynchronous;
    const oldest = Date.now() + maxAgeSeconds * 1000;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await lambda.invoke(model.name, event, requestId);
      if (outcome.ok || stopping.signal.aborted) return;
      const wait = RETRY_DELAYS_MS[Math.min(attempt, RETRY_DELAYS_MS.length) - 1] ?? 0;
      const tooOld = Date.now() + wait > oldest;
      if (attempt > retries || tooOld) {
        const condition = attempt > retries ? 'RetriesExhausted' : 'EventAgeExceeded';
        reportFailure(model, queues, { requestId, event, condition, attempt, outcome });
        return;
      }
      await delay(wait, undefined, { signal: stopping.signal });
    }
  };

  return {
    invoke(functionArn, event) {
      const model = functions.find(({ arn }) => arn === functionArn);
      if (model === undefined) throw new Error(`the local cloud has no function ${functionArn}`);
      run(model, event).catch((error: unknown) => {
        if (!stopping.signal.aborted) onError(error);
      });
    },
    stop: () => stopping.abort(),
  };
}

/** The record that Lambda sends to the on-failure destination of an asynchronous invocation. */
function reportFailure(
  model: FunctionModel,
  queues: QueueService,
  failure: {
    readonly requestId: string;
    readonly event: unknown;
    readonly condition: string;
    readonly attempt: number;
    readonly outcome: Extract<InvokeOutcome, { ok: false }>;
  },
): void {
  const { onFailureQueueArn } = model.asynchronous;
  if (onFailureQueueArn === undefined) return;
  const record = {
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: failure.requestId,
      functionArn: `${model.arn}:$LATEST`,
      condition: failure.condition,
      approximateInvokeCount: failure.attempt,
    },
    requestPayload: failure.event,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: failure.outcome.error,
  };
  queues.send(onFailureQueueArn, JSON.stringify(record));
}
