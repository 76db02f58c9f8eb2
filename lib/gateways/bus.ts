/** One entry for the Stride bus. `source` is always `stride`. */
export interface BusEntry {
  /** Marathon's event type, or `wake`. */
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Sends to the event bus: at least once, no order. Entries that the bus refuses are sent again before it resolves. */
export interface Bus {
  send(entries: readonly BusEntry[]): Promise<void>;
}
