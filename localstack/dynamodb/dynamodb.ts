import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { FaultPlace } from '../faults/fault-desk.ts';
import type { StartingPosition } from './change-log.ts';
import type { DynamoDbCall } from './http-front.ts';
import type { StreamRecord } from './stream-record.ts';
import { parseTableDefinition } from './table-definition.ts';
import type { ThreadAnswer, ThreadMessage, ThreadOptions, ThreadRequest } from './thread-protocol.ts';

export interface DynamoDbOptions {
  /** Where the data is kept between starts; absent: in memory only. One process at a time. */
  readonly directory?: string;
  /** The `Properties` of the template's `AWS::DynamoDB::Table` resources, references resolved. */
  readonly tables: readonly unknown[];
  readonly region: string;
  readonly account: string;
  /** Hears every signed call, a moment after it came in. */
  readonly onCall?: (call: DynamoDbCall) => void;
}

/** One reader of a table's stream with its own place in it, which outlives the process when there is a directory. */
export interface StreamConsumer {
  /** Records after the checkpoint, oldest first; none when there is nothing new. At most `max`, and about 1 MB. */
  read(max: number): Promise<readonly StreamRecord[]>;
  /** Marks this record and all before it as done: `record.dynamodb.SequenceNumber`. */
  checkpoint(sequence: string): Promise<void>;
  /** Calls the listener after each commit that added records; returns how to stop. */
  onRecords(listener: () => void): () => void;
}

export interface DynamoDb {
  readonly url: string;
  /** Rejects when the thread dies; resolves after `close`. */
  readonly ended: Promise<void>;
  /** Opens the stream for a consumer; one known from before goes on at its checkpoint, wherever `position` points. */
  openStream(table: string, consumer: string, position: StartingPosition): Promise<StreamConsumer>;
  /** Deletes now what time to live would delete within seconds; returns how many items. */
  expireNow(): Promise<number>;
  /** Of the calls to this DynamoDB. */
  readonly faults: FaultPlace;
  /** Stops listening, waits for writes under way and ends the thread. */
  close(): Promise<void>;
}

const CLOSE_WITHIN_MS = 1_000;

/**
 * Starts the local DynamoDB in a thread of its own, on a loopback port that the system picks, with the tables given.
 * Throws when a table has a property that it lacks, when a table exists with another key schema (the cure is a new data
 * directory), and when another process has the directory.
 */
export async function startDynamoDb(options: DynamoDbOptions): Promise<DynamoDb> {
  const workerData: ThreadOptions = {
    ...(options.directory === undefined ? {} : { directory: options.directory }),
    tables: options.tables.map(parseTableDefinition),
    region: options.region,
    account: options.account,
    recordCalls: options.onCall !== undefined,
  };
  const thread = startThread(workerData, options.onCall);
  const url = await thread.ready;
  const { ask, grown } = thread;

  return {
    url,
    ended: thread.ended,
    openStream: async (table, consumer, position) => {
      await ask({ kind: 'openConsumer', table, consumer, position });
      return {
        read: async (max) => (await ask({ kind: 'read', table, consumer, max })).records ?? [],
        checkpoint: async (sequence) => {
          await ask({ kind: 'checkpoint', table, consumer, sequence });
        },
        onRecords: (listener) => {
          grown.on(table, listener);
          return () => grown.off(table, listener);
        },
      };
    },
    faults: { change: async (change) => (await ask({ kind: 'faults', change })).faults ?? [] },
    expireNow: async () => (await ask({ kind: 'expire' })).deleted ?? 0,
    close: thread.close,
  };
}

interface Thread {
  readonly ready: Promise<string>;
  readonly ended: Promise<void>;
  /** Emits a table's name when its stream has new records. */
  readonly grown: EventEmitter;
  ask(request: ThreadRequest): Promise<ThreadAnswer>;
  close(): Promise<void>;
}

function startThread(workerData: ThreadOptions, onCall: DynamoDbOptions['onCall']): Thread {
  const worker = new Worker(new URL('./dynamodb-thread.ts', import.meta.url), { workerData, name: 'dynamodb' });
  const grown = new EventEmitter().setMaxListeners(0);
  const ready = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<void>();
  const asked = new Map<number, PromiseWithResolvers<ThreadAnswer>>();
  let started = false;
  let over: Error | undefined;
  let closing: Promise<void> | undefined;
  let nextId = 0;

  function settle(id: number): PromiseWithResolvers<ThreadAnswer> | undefined {
    const question = asked.get(id);
    asked.delete(id);
    return question;
  }

  function end(error: Error | undefined): void {
    over ??= error ?? new Error('the local DynamoDB is closed');
    for (const question of asked.values()) question.reject(over);
    asked.clear();
    ready.reject(over);
    if (started && error !== undefined) ended.reject(error);
    else ended.resolve();
  }

  worker.on('message', (message: ThreadMessage) => {
    switch (message.kind) {
      case 'ready':
        started = true;
        return ready.resolve(message.url);
      case 'answer':
        return settle(message.id)?.resolve(message.answer);
      case 'refusal':
        return settle(message.id)?.reject(message.error);
      case 'recorded':
        for (const table of message.tables) grown.emit(table);
        return;
      case 'call':
        return onCall?.(message.call);
    }
  });
  worker.on('error', end);
  worker.on('exit', () =>
    end(closing === undefined ? new Error('the thread of the local DynamoDB ended by itself') : undefined),
  );

  function ask(request: ThreadRequest): Promise<ThreadAnswer> {
    if (over !== undefined) return Promise.reject(over);
    const question = Promise.withResolvers<ThreadAnswer>();
    nextId += 1;
    asked.set(nextId, question);
    worker.postMessage({ id: nextId, request });
    return question.promise;
  }

  async function shutDown(): Promise<void> {
    if (over !== undefined) return;
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    const late = new AbortController();
    const closed = ask({ kind: 'close' }).then(() => exited);
    const inTime = await Promise.race([closed, delay(CLOSE_WITHIN_MS, 'late' as const, { signal: late.signal })]);
    if (inTime === 'late') await worker.terminate();
    late.abort();
  }

  return {
    ready: ready.promise,
    ended: ended.promise,
    grown,
    ask,
    close: () => {
      closing ??= shutDown();
      return closing;
    },
  };
}
