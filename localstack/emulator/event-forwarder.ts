import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { type EventBridgeEvent, LOCAL_REGION } from '../endpoint/aws-service.ts';

/** EventBridge takes no more in one call. */
const BATCH = 10;
const ATTEMPTS = 5;
const RETRY_MS = 200;

/** Emulators look at account and region of the signature, not at the signature itself. */
const AUTHORIZATION =
  `AWS4-HMAC-SHA256 Credential=test/20260101/${LOCAL_REGION}/events/aws4_request, ` +
  'SignedHeaders=host;x-amz-target, Signature=0';

const answerSchema = z.object({
  Entries: z.array(z.object({ ErrorCode: z.string().optional(), ErrorMessage: z.string().optional() })),
});

export interface EventForwarder {
  /** Queues an event; it goes out in order. */
  forward(event: EventBridgeEvent): void;
  /** Waits for what is queued, then takes no more. */
  close(): Promise<void>;
}

/**
 * Puts events on the default bus of an emulator under another `source`, since nobody may put `aws.…` there. What is
 * refused is tried again for three seconds, then told to `onError` and dropped: EventBridge may lose events too.
 */
export function createEventForwarder(options: {
  readonly endpoint: string;
  readonly source: string;
  readonly onError: (error: unknown) => void;
}): EventForwarder {
  const { endpoint, source, onError } = options;
  let waiting: EventBridgeEvent[] = [];
  let sending: Promise<void> | undefined;
  let closed = false;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      await sendAll(endpoint, source, batch).catch(onError);
    }
    sending = undefined;
  }

  return {
    forward(event) {
      if (closed) return;
      waiting.push(event);
      sending ??= drain();
    },
    async close() {
      closed = true;
      await sending;
    },
  };
}

/** Repeats for those entries that were not taken. */
async function sendAll(endpoint: string, source: string, events: readonly EventBridgeEvent[]): Promise<void> {
  let rest = events;
  let problem: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await delay(RETRY_MS * 2 ** (attempt - 1));
    try {
      const errors = await putEvents(endpoint, source, rest);
      rest = rest.filter((_, index) => errors[index] !== undefined);
      if (rest.length === 0) return;
      problem = errors.find((error) => error !== undefined);
    } catch (error) {
      problem = error;
    }
  }
  throw new Error(`${rest.length} events were not taken by ${endpoint}: ${String(problem)}`, { cause: problem });
}

/** For each event its error, if any. */
async function putEvents(
  endpoint: string,
  source: string,
  events: readonly EventBridgeEvent[],
): Promise<readonly (string | undefined)[]> {
  const Entries = events.map((event) => ({
    Source: source,
    DetailType: event['detail-type'],
    Detail: JSON.stringify(event.detail),
    Resources: event.resources,
  }));
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      Authorization: AUTHORIZATION,
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': 'AWSEvents.PutEvents',
    },
    body: JSON.stringify({ Entries }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`PutEvents answered ${answer.status} ${(await answer.text()).slice(0, 300)}`);
  const parsed = answerSchema.parse(await answer.json());
  return parsed.Entries.map(({ ErrorCode, ErrorMessage }) => ErrorCode && `${ErrorCode}: ${ErrorMessage}`);
}
