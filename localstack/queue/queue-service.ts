import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { QueueModel } from '../template/cloud-model.ts';
import { openMessageStore, type StoredMessage } from './message-store.ts';

/** A message as a reader gets it. */
export interface ReceivedMessage extends StoredMessage {
  /** Names this one receive: for deleting the message or for changing when it becomes visible again. */
  readonly receipt: string;
}

/** SQS, as the rest of the local cloud sees it: standard queues, named by their ARN. */
export interface QueueService {
  /** Throws when the body is over the queue's limit, or when there is no such queue. */
  send(arn: string, body: string): void;
  /** At most `max` visible messages, which are then hidden for the visibility time-out. */
  receive(arn: string, max: number): readonly ReceivedMessage[];
  delete(receipt: string): void;
  changeVisibility(receipt: string, seconds: number): void;
  /** Calls the listener when messages may have become visible; returns how to stop. */
  onVisible(arn: string, listener: () => void): () => void;
  status(arn: string): QueueStatus;
  /** The oldest messages, without receiving them. */
  peek(arn: string, max: number): readonly StoredMessage[];
  has(arn: string): boolean;
  close(): void;
}

export interface QueueStatus {
  readonly name: string;
  readonly arn: string;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly deadLetterQueue: string | undefined;
}

/** Opens the queues of a template over the messages kept in a file (`:memory:` keeps none). */
export function openQueues(models: readonly QueueModel[], file: string): QueueService {
  const store = openMessageStore(file);
  const byArn = new Map(models.map((model) => [model.arn, model]));
  const changes = new EventEmitter().setMaxListeners(0);
  const timers = new Map<string, NodeJS.Timeout>();
  let closed = false;

  const queue = (arn: string): QueueModel => {
    const model = byArn.get(arn);
    if (model === undefined) throw new Error(`the template has no queue ${arn}`);
    return model;
  };

  /** Readers are told when the next hidden message shows again. */
  const watch = (arn: string): void => {
    clearTimeout(timers.get(arn));
    timers.delete(arn);
    const next = closed ? undefined : store.nextVisibleAt(arn, Date.now());
    if (next === undefined) return;
    const timer = setTimeout(() => {
      changes.emit(arn);
      watch(arn);
    }, next - Date.now());
    timers.set(arn, timer.unref());
  };

  /** Visible messages, after those received too often have gone to the dead-letter queue. */
  const takeVisible = (arn: string, now: number, max: number): readonly StoredMessage[] => {
    const { redrive } = queue(arn);
    if (redrive === undefined) return store.visible(arn, now, max);
    for (;;) {
      const messages = store.visible(arn, now, max);
      const spent = messages.filter(({ receiveCount }) => receiveCount >= redrive.maxReceiveCount);
      if (spent.length === 0) return messages;
      for (const { id } of spent) store.move(id, redrive.targetArn, now);
      changes.emit(redrive.targetArn);
    }
  };

  const receive = (arn: string, max: number): readonly ReceivedMessage[] => {
    const { retentionSeconds, visibilityTimeoutSeconds } = queue(arn);
    const now = Date.now();
    const received = store.transaction(() => {
      store.deleteOlderThan(arn, now - retentionSeconds * 1000);
      const messages: ReceivedMessage[] = [];
      for (const message of takeVisible(arn, now, max)) {
        const receipt = randomUUID();
        const visibleAt = now + visibilityTimeoutSeconds * 1000;
        store.markReceived(message.id, receipt, now, visibleAt);
        const firstReceivedAt = message.receiveCount === 0 ? now : message.firstReceivedAt;
        messages.push({ ...message, receipt, visibleAt, firstReceivedAt, receiveCount: message.receiveCount + 1 });
      }
      return messages;
    });
    watch(arn);
    return received;
  };

  for (const { arn } of models) watch(arn);
  return {
    send(arn, body) {
      const { name, delaySeconds, maxMessageBytes } = queue(arn);
      const size = Buffer.byteLength(body);
      if (size > maxMessageBytes) {
        throw new Error(`a message of ${size} bytes is over the limit of queue ${name}, ${maxMessageBytes} bytes`);
      }
      const now = Date.now();
      store.add(arn, { id: randomUUID(), body, sentAt: now, visibleAt: now + delaySeconds * 1000 });
      if (delaySeconds === 0) changes.emit(arn);
      else watch(arn);
    },
    receive,
    delete: (receipt) => store.deleteByReceipt(receipt),
    changeVisibility(receipt, seconds) {
      store.setVisibleAt(receipt, Date.now() + seconds * 1000);
      for (const { arn } of models) watch(arn);
    },
    onVisible(arn, listener) {
      changes.on(arn, listener);
      return () => changes.off(arn, listener);
    },
    status(arn) {
      const { name, redrive } = queue(arn);
      const deadLetterQueue = redrive && byArn.get(redrive.targetArn)?.name;
      return { name, arn, ...store.count(arn, Date.now()), deadLetterQueue };
    },
    peek: (arn, max) => store.list(arn, max),
    has: (arn) => byArn.has(arn),
    close() {
      closed = true;
      for (const timer of timers.values()) clearTimeout(timer);
      store.close();
    },
  };
}
