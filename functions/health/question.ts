import type { ProbeOutcome, ProbeTarget } from '../../lib/model/probe.ts';

export type HttpTarget = Extract<ProbeTarget, { kind: 'http' }>;

/** A question under way: what is known so far, and how to end it. */
export interface Question {
  /** Ends it; what comes later is not heard. */
  readonly settle: (outcome: ProbeOutcome) => void;
  isOver: boolean;
  /** Destroys what it holds. */
  giveUp: () => void;
  /** The outcome if nothing more comes: once the status is there, it is the answer. */
  soFar: () => ProbeOutcome;
}

export const failed = (cause: string, timedOut = false): ProbeOutcome => ({ kind: 'failed', cause, timedOut });

/** OpenSSL's own words within a message that names threads and lines of source too. */
const TLS_REASON = /SSL routines:[^:]*:(?<reason>[^:]+)/;

/** The failure that an error is. */
export function failedBy({ message }: Error): ProbeOutcome {
  const reason = TLS_REASON.exec(message)?.groups?.['reason'];
  return failed(reason === undefined ? message : `TLS: ${reason}`);
}
