import { hash } from 'node:crypto';
import type { CallFault, EventFault, StandingFault } from './fault.ts';

/** A call as faults see it. */
export interface FaultableCall {
  readonly service: string;
  readonly operation: string;
  readonly accessKeyId: string;
  /** Whether the service can answer it as of a moment ago. */
  readonly canLag: boolean;
}

/** What becomes of a call; delays of several faults add up, and of the rest the fault that was set first wins. */
export interface CallDecision {
  readonly delayMs: number;
  readonly outcome:
    | { readonly kind: 'carry-out' }
    | { readonly kind: Exclude<CallFault['kind'], 'delay'>; readonly fault: string; readonly ms: number };
}

/** An event as faults see it. */
export interface FaultableEvent {
  readonly source: string;
  readonly 'detail-type': string;
}

/** A decision, and the faults as they stand after it. */
export interface Decided<Decision> {
  readonly faults: readonly StandingFault[];
  readonly decision: Decision;
}

/** Asks each fault that concerns the call, in the order in which they were set. */
export function decideCall(faults: readonly StandingFault[], call: FaultableCall): Decided<CallDecision> {
  let delayMs = 0;
  let outcome: CallDecision['outcome'] = { kind: 'carry-out' };
  const after = faults.map((fault) => {
    if (fault.on !== 'call' || !concernsCall(fault, call)) return fault;
    if (fault.kind !== 'delay' && outcome.kind !== 'carry-out') return fault;
    const { fault: asked, strikes } = ask(fault);
    if (strikes && fault.kind === 'delay') delayMs += fault.ms;
    else if (strikes && fault.kind !== 'delay') outcome = { kind: fault.kind, fault: fault.id, ms: fault.ms };
    return asked;
  });
  return { faults: after, decision: { delayMs, outcome } };
}

/** After how many milliseconds the event is delivered, once for each copy; none: it is lost. */
export function decideEvent(faults: readonly StandingFault[], event: FaultableEvent): Decided<readonly number[]> {
  let deliveries: readonly number[] = [0];
  const after = faults.map((fault) => {
    if (fault.on !== 'event' || deliveries.length === 0 || !concernsEvent(fault, event)) return fault;
    const { fault: asked, strikes } = ask(fault);
    if (!strikes) return asked;
    deliveries = strikeEvent(fault, deliveries, asked.drawn);
    return fault.kind === 'shuffle' ? { ...asked, drawn: asked.drawn + deliveries.length } : asked;
  });
  return { faults: after, decision: deliveries };
}

function strikeEvent(
  { kind, ms, seed }: EventFault & Pick<StandingFault, 'seed'>,
  deliveries: readonly number[],
  drawn: number,
): readonly number[] {
  switch (kind) {
    case 'lose':
      return [];
    case 'double':
      return deliveries.flatMap((at) => [at, at + ms]);
    case 'delay':
      return deliveries.map((at) => at + ms);
    case 'shuffle':
      return deliveries.map((at, copy) => at + Math.floor(draw(seed, drawn + copy) * (ms + 1)));
  }
}

function concernsEvent({ detailType, source }: EventFault, event: FaultableEvent): boolean {
  return (detailType ?? event['detail-type']) === event['detail-type'] && (source ?? event.source) === event.source;
}

function concernsCall(fault: CallFault, call: FaultableCall): boolean {
  if (fault.service !== call.service || (fault.operation !== '*' && fault.operation !== call.operation)) return false;
  if (fault.caller !== undefined && fault.caller.accessKeyId !== call.accessKeyId) return false;
  return fault.kind !== 'stale' || call.canLag;
}

function ask(fault: StandingFault): { readonly fault: StandingFault; readonly strikes: boolean } {
  if (fault.times !== undefined && fault.struck >= fault.times) return { fault, strikes: false };
  const certain = fault.probability >= 1;
  const strikes = certain || draw(fault.seed, fault.drawn) < fault.probability;
  const drawn = certain ? fault.drawn : fault.drawn + 1;
  return { fault: { ...fault, drawn, struck: fault.struck + (strikes ? 1 : 0) }, strikes };
}

/** Number `index` of a seed's sequence, from 0 up to but not 1. */
function draw(seed: number, index: number): number {
  return hash('sha256', `${seed}/${index}`, 'buffer').readUInt32BE() / 2 ** 32;
}
