import type { StreamConsumer } from '../dynamodb/dynamodb.ts';
import type { StreamRecord } from '../dynamodb/stream-record.ts';
import { compileEventPattern, PatternError } from '../event-bridge/event-pattern.ts';
import type { QueueService } from '../queue/queue-service.ts';
import type { StreamSourceModel } from '../template/cloud-model.ts';
import { TemplateError } from '../template/template-error.ts';
import { readBatchOutcome } from './batch-item-failures.ts';
import { createBell, type EventSource, pause } from './event-source.ts';
import type { LambdaService } from './lambda-service.ts';

export interface StreamSourceOptions {
  readonly model: StreamSourceModel;
  readonly functionArn: string;
  /** Opened at the mapping's starting position; its checkpoint is what the mapping has done with. */
  readonly stream: StreamConsumer;
  readonly queues: QueueService;
  readonly lambda: LambdaService;
}

/** Between attempts of a failed batch: doubled each time. */
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 30_000;

interface Batch {
  readonly records: readonly StreamRecord[];
  /** Attempts so far. */
  readonly attempts: number;
}

/** Whether a record passes the filters of a mapping. Throws `TemplateError` for a pattern that cannot be executed. */
export function compileFilters(model: StreamSourceModel, file: string): (record: unknown) => boolean {
  const patterns = model.filters.map((text) => {
    try {
      const pattern: unknown = JSON.parse(text);
      return compileEventPattern(pattern);
    } catch (cause) {
      if (!(cause instanceof PatternError || cause instanceof SyntaxError)) throw cause;
      const place = `${file}: resource ${model.logicalId} (AWS::Lambda::EventSourceMapping), property FilterCriteria`;
      throw new TemplateError(`${place}: ${text}: ${cause.message}`, { cause });
    }
  });
  return (record) => patterns.length === 0 || patterns.some((matches) => matches(record));
}

/**
 * Hands the records of a table's stream to a function, in order and one batch at a time: a batch that fails is tried
 * again before anything behind it. It is halved if the mapping says so, and given up by age or number of retries.
 */
export function startStreamSource(options: StreamSourceOptions, matches: (record: unknown) => boolean): EventSource {
  const { model, stream, lambda } = options;
  const stopping = new AbortController();
  const bell = createBell();
  const unsubscribe = stream.onRecords(() => bell.ring());

  const attempt = async ({ records, attempts }: Batch): Promise<readonly Batch[]> => {
    const fresh = records.filter((record) => !isTooOld(record, model.maxRecordAgeSeconds));
    const expired = records.slice(0, records.length - fresh.length);
    if (expired.length > 0) reportFailure(options, { records: expired, attempts }, 'RecordAgeExceeded');
    if (fresh.length === 0) return [];
    const outcome = await lambda.invoke(model.functionName, { Records: fresh });
    const ids = new Set(fresh.map(sequenceOf));
    const result = readBatchOutcome(outcome, model.reportBatchItemFailures, ids);
    if (stopping.signal.aborted || (result.kind === 'processed' && result.failed.size === 0)) return [];
    // Everything before the first failed record is done with.
    const firstFailed =
      result.kind === 'processed' ? fresh.findIndex((record) => result.failed.has(sequenceOf(record))) : 0;
    const left = { records: fresh.slice(firstFailed), attempts: attempts + 1 };
    if (model.maxRetries >= 0 && left.attempts > model.maxRetries) {
      reportFailure(options, left, 'RetryAttemptsExhausted');
      return [];
    }
    await pause(Math.min(FIRST_RETRY_MS * 2 ** attempts, LAST_RETRY_MS), stopping.signal);
    return model.bisectOnError && firstFailed === 0 ? halve(left) : [left];
  };

  const handle = async (records: readonly StreamRecord[]): Promise<void> => {
    let batches: readonly Batch[] = [{ records, attempts: 0 }];
    for (;;) {
      const [next, ...others] = batches;
      if (next === undefined || stopping.signal.aborted) return;
      batches = [...(await attempt(next)), ...others];
    }
  };

  const gather = async (): Promise<readonly StreamRecord[]> => {
    const until = Date.now() + model.batchingWindowSeconds * 1000;
    let records = await stream.read(model.batchSize);
    while (records.length > 0 && records.length < model.batchSize && Date.now() < until && !stopping.signal.aborted) {
      await pause(Math.min(100, until - Date.now()), stopping.signal);
      records = await stream.read(model.batchSize);
    }
    return records;
  };

  const read = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const records = await gather();
      const last = records.at(-1);
      if (last === undefined) {
        await bell.wait();
        continue;
      }
      const wanted = records.filter(matches);
      if (wanted.length > 0) await handle(wanted);
      // An interrupted batch is read again after the next start: at least once, as on AWS.
      if (!stopping.signal.aborted) await stream.checkpoint(sequenceOf(last));
    }
  };
  const ended = model.enabled ? read() : Promise.resolve();

  return {
    ended,
    async stop() {
      stopping.abort();
      unsubscribe();
      bell.ring();
      await ended;
    },
  };
}

function sequenceOf(record: StreamRecord): string {
  return record.dynamodb.SequenceNumber;
}

function isTooOld(record: StreamRecord, maxAgeSeconds: number): boolean {
  return maxAgeSeconds >= 0 && Date.now() / 1000 - record.dynamodb.ApproximateCreationDateTime > maxAgeSeconds;
}

function halve({ records, attempts }: Batch): readonly Batch[] {
  if (records.length < 2) return [{ records, attempts }];
  const middle = Math.ceil(records.length / 2);
  return [
    { records: records.slice(0, middle), attempts },
    { records: records.slice(middle), attempts },
  ];
}

/** The description of a batch that is given up; it names the records, and does not hold them. */
function reportFailure(options: StreamSourceOptions, { records, attempts }: Batch, condition: string): void {
  const { onFailureQueueArn, sourceArn } = options.model;
  const [first] = records;
  const last = records.at(-1);
  if (onFailureQueueArn === undefined || first === undefined || last === undefined) return;
  const arrival = (record: StreamRecord) => new Date(record.dynamodb.ApproximateCreationDateTime * 1000).toISOString();
  const description = {
    requestContext: { functionArn: options.functionArn, condition, approximateInvokeCount: attempts },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: {
      shardId: 'shardId-local',
      startSequenceNumber: sequenceOf(first),
      endSequenceNumber: sequenceOf(last),
      approximateArrivalOfFirstRecord: arrival(first),
      approximateArrivalOfLastRecord: arrival(last),
      batchSize: records.length,
      streamArn: sourceArn,
    },
  };
  options.queues.send(onFailureQueueArn, JSON.stringify(description));
}
