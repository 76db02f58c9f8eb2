/** What can happen to a call of an AWS service. */
export const CALL_FAULT_KINDS = ['throttle', 'fail-before', 'timeout-after', 'stale', 'delay'] as const;

/** What can happen to an event on its way over a bus. */
export const EVENT_FAULT_KINDS = ['lose', 'double', 'delay', 'shuffle'] as const;

/** Strikes calls. */
export interface CallFault {
  readonly on: 'call';
  readonly kind: (typeof CALL_FAULT_KINDS)[number];
  /** Name of the service at the endpoint: `ecs`, `dynamodb`… */
  readonly service: string;
  /** `*`: every operation of the service. */
  readonly operation: string;
  /** How long a `delay` lasts, how far back a `stale` answer looks; 0 for the others. */
  readonly ms: number;
  /** The only function whose calls it strikes. */
  readonly caller?: { readonly functionName: string; readonly accessKeyId: string };
}

/** Strikes events that are put on a bus; schedules are not events on a bus. */
export interface EventFault {
  readonly on: 'event';
  readonly kind: (typeof EVENT_FAULT_KINDS)[number];
  readonly detailType?: string;
  readonly source?: string;
  /** `delay`: the whole of it; `double`: until the second copy; `shuffle`: each event waits up to this; 0 for `lose`. */
  readonly ms: number;
}

interface Odds {
  readonly id: string;
  /** Of striking what it concerns, over 0 up to 1. */
  readonly probability: number;
  /** How often it may strike; without it until it is cleared. */
  readonly times?: number;
  /** With equal seeds it strikes the same ones of the calls or events that it concerns. */
  readonly seed: number;
  /** How many random numbers it has used. */
  readonly drawn: number;
  readonly struck: number;
}

/** A fault as it stands in the table: plain data, with what it has done so far. */
export type StandingFault = (CallFault | EventFault) & Odds;
