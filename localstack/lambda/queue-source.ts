import { createHash } from 'node:crypto';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../endpoint/aws-service.ts';
import type { QueueService, ReceivedMessage } from '../queue/queue-service.ts';
import type { QueueSourceModel } from '../template/cloud-model.ts';
import { readBatchOutcome } from './batch-item-failures.ts';
import { createBell, type EventSource, pause } from './event-source.ts';
import type { LambdaService } from './lambda-service.ts';

/** Lambda reads a queue with five readers unless told otherwise (Lambda guide, "Using Lambda with Amazon SQS"). */
const DEFAULT_CONCURRENCY = 5;

/**
 * Hands the messages of a queue to a function in batches. What the function does not report as failed is deleted;
 * the rest shows again after the visibility time-out, and goes to the dead-letter queue when it was received too often.
 */
export function startQueueSource(model: QueueSourceModel, queues: QueueService, lambda: LambdaService): EventSource {
  const stopping = new AbortController();
  const readers = model.enabled ? (model.maxConcurrency ?? DEFAULT_CONCURRENCY) : 0;
  const bells = Array.from({ length: readers }, createBell);
  const unsubscribe = queues.onVisible(model.sourceArn, () => {
    for (const bell of bells) bell.ring();
  });

  const gather = async (first: readonly ReceivedMessage[]): Promise<readonly ReceivedMessage[]> => {
    const batch = [...first];
    const until = Date.now() + model.batchingWindowSeconds * 1000;
    while (batch.length < model.batchSize && Date.now() < until && !stopping.signal.aborted) {
      await pause(Math.min(100, until - Date.now()), stopping.signal);
      batch.push(...queues.receive(model.sourceArn, model.batchSize - batch.length));
    }
    return batch;
  };

  const handle = async (batch: readonly ReceivedMessage[]): Promise<void> => {
    const outcome = await lambda.invoke(model.functionName, {
      Records: batch.map((m) => toRecord(m, model.sourceArn)),
    });
    const ids = new Set(batch.map(({ id }) => id));
    const result = readBatchOutcome(outcome, model.reportBatchItemFailures, ids);
    if (result.kind === 'all-failed') return;
    for (const { id, receipt } of batch) if (!result.failed.has(id)) queues.delete(receipt);
  };

  const read = async (bell: (typeof bells)[number]): Promise<void> => {
    while (!stopping.signal.aborted) {
      const first = queues.receive(model.sourceArn, model.batchSize);
      if (first.length > 0) await handle(await gather(first));
      else await bell.wait();
    }
  };
  const ended = Promise.all(bells.map(read)).then(() => undefined);

  return {
    ended,
    async stop() {
      stopping.abort();
      unsubscribe();
      for (const bell of bells) bell.ring();
      await ended;
    },
  };
}

/** A record of the event that Lambda sends for SQS. */
function toRecord(message: ReceivedMessage, queueArn: string) {
  return {
    messageId: message.id,
    receiptHandle: message.receipt,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt),
      SenderId: LOCAL_ACCOUNT,
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    },
    messageAttributes: {},
    md5OfBody: createHash('md5').update(message.body).digest('hex'),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: LOCAL_REGION,
  };
}
