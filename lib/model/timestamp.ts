import type { Brand } from './brand.ts';

/** Milliseconds since the epoch. All deciders take `now` as one of these. */
export type Instant = number;

/** `yyyy-MM-ddTHH:mm:ss.SSSZ`, always UTC, always three fraction digits (Marathon: Timestamp.scala). Sorts as text. */
export type Timestamp = Brand<string, 'Timestamp'>;

export function toTimestamp(instant: Instant): Timestamp {
  // All that happens in one step of a pass has one time: the text of the last one is kept.
  if (last?.instant !== instant) last = { instant, text: new Date(instant).toISOString() as Timestamp };
  return last.text;
}

let last: { readonly instant: Instant; readonly text: Timestamp } | undefined;

export function fromTimestamp(timestamp: Timestamp): Instant {
  return Date.parse(timestamp);
}

const ISO_OFFSET_DATETIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;

/** Reads any ISO-8601 offset date-time; undefined when it is not one. */
export function parseTimestamp(text: string): Timestamp | undefined {
  if (!ISO_OFFSET_DATETIME.test(text)) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : toTimestamp(instant);
}

/** The version of the next commit: now, or one millisecond after the previous one when the clock has not moved on. */
export function nextVersion(previous: Timestamp | undefined, now: Instant): Timestamp {
  return toTimestamp(previous === undefined ? now : Math.max(now, fromTimestamp(previous) + 1));
}
