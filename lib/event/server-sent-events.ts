import type { LoggedEvent } from '../model/outbox.ts';

/** One frame of `GET /v2/events` (events.md §1), with the log's number as `id:` so that a reader can resume. */
export function encodeFrame({ number, event }: LoggedEvent): string {
  return `id: ${number}\r\nevent: ${event.eventType}\r\ndata: ${JSON.stringify(event)}\r\n\r\n`;
}

/** An empty line: keeps the connection alive and finds dead readers. */
export const KEEP_ALIVE_FRAME = '\r\n';

/** Whether a reader asked for this type; no types asked for means all. */
export function isWanted(eventType: string, wanted: ReadonlySet<string>): boolean {
  return wanted.size === 0 || wanted.has(eventType);
}
