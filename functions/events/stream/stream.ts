import { eventStreamEvent } from '../../../lib/event/events.ts';
import { encodeFrame, isWanted, KEEP_ALIVE_FRAME } from '../../../lib/event/server-sent-events.ts';
import type { Clock } from '../../../lib/gateways/clock.ts';
import type { IdSource } from '../../../lib/gateways/id-source.ts';
import type { LoggedEvent } from '../../../lib/model/outbox.ts';
import type { EventLog } from '../../../lib/state/event-log.ts';

/** How often the log is looked at, milliseconds. */
const POLL = 400;
/** Marathon's heartbeat, milliseconds. */
const KEEP_ALIVE = 10_000;
/** How long an entry that has its number may take to appear; then its publisher is taken for dead (design §3). */
const GAP_PATIENCE = 2_000;
/** How far back a reader can resume: events. Who was away for longer reads the state anew, as Marathon's clients do. */
const REPLAYED = 10_000;
/** Ids remembered to drop repeats. */
const REMEMBERED = 5_000;

interface StreamDeps {
  readonly eventLog: EventLog;
  readonly clock: Clock;
  readonly ids: IdSource;
}

export interface StreamRequest {
  /** Types asked for; empty means all. */
  readonly eventTypes: ReadonlySet<string>;
  /** The reader's `Last-Event-ID`: what came after it is sent first. */
  readonly lastEventId: number | undefined;
  readonly remoteAddress: string;
}

/** Follows the log from a number on: entries in order, without repeats, waiting a moment at gaps. */
function createCursor({ eventLog, clock }: StreamDeps, from: number) {
  const seen = new Set<string>();
  let at = from;
  let gapSince: number | undefined;

  function accept(entries: readonly LoggedEvent[]): readonly LoggedEvent[] {
    const fresh: LoggedEvent[] = [];
    for (const entry of entries) {
      if (!seen.has(entry.id)) fresh.push(entry);
      seen.add(entry.id);
    }
    for (const id of seen) {
      if (seen.size <= REMEMBERED) break;
      seen.delete(id);
    }
    return fresh;
  }

  /** Steps over numbers whose entries did not come in time. */
  function stepOverGap(entries: readonly LoggedEvent[], head: number): void {
    gapSince ??= clock.now();
    if (clock.now() - gapSince < GAP_PATIENCE) return;
    at = (entries[0]?.number ?? head + 1) - 1;
    gapSince = undefined;
  }

  return async (): Promise<readonly LoggedEvent[]> => {
    const head = await eventLog.head();
    if (head <= at) return [];
    const entries = await eventLog.read(at, head);
    const gap = entries.findIndex((entry, index) => entry.number !== at + 1 + index);
    const ready = gap < 0 ? entries : entries.slice(0, gap);
    if (ready.length === 0) {
      stepOverGap(entries, head);
      return [];
    }
    at += ready.length;
    gapSince = undefined;
    return accept(ready);
  };
}

/** After which number a reader starts. One that knows a number of the future was connected to another log. */
function startOf({ lastEventId }: StreamRequest, head: number): number {
  return lastEventId === undefined || lastEventId > head ? head : Math.max(lastEventId, head - REPLAYED);
}

/**
 * `GET /v2/events`: frames of server-sent events, from now on or from `Last-Event-ID`, until the signal aborts. The
 * first is this stream's own `event_stream_attached`.
 */
export function createStream(deps: StreamDeps) {
  const { eventLog, clock, ids } = deps;

  async function announce(type: 'event_stream_attached' | 'event_stream_detached', address: string): Promise<void> {
    await eventLog.append([{ id: ids.uuid(), event: eventStreamEvent(type, address, clock.now()) }], clock.now());
  }

  return async function* stream(request: StreamRequest, signal: AbortSignal): AsyncGenerator<string> {
    const poll = createCursor(deps, startOf(request, await eventLog.head()));
    await announce('event_stream_attached', request.remoteAddress);
    let spokenAt = clock.now();
    try {
      while (!signal.aborted) {
        for (const entry of await poll()) {
          if (!isWanted(entry.event.eventType, request.eventTypes)) continue;
          yield encodeFrame(entry);
          spokenAt = clock.now();
        }
        if (clock.now() - spokenAt >= KEEP_ALIVE) {
          yield KEEP_ALIVE_FRAME;
          spokenAt = clock.now();
        }
        await clock.sleep(POLL, signal);
      }
    } finally {
      await announce('event_stream_detached', request.remoteAddress);
    }
  };
}
