import type { Instant } from '../../lib/model/timestamp.ts';

/** What a pass, or a part of one, leaves for later. */
export interface Outlook {
  /** Something changed: look again at once. */
  readonly moved: boolean;
  /** The next moment at which something is due; undefined when only events can bring news. */
  readonly dueAt: Instant | undefined;
}

export const DONE: Outlook = { moved: false, dueAt: undefined };

export const earliest = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b);

export const combine = (a: Outlook, b: Outlook): Outlook => ({
  moved: a.moved || b.moved,
  dueAt: earliest(a.dueAt, b.dueAt),
});
