import type { CallFault, EventFault, StandingFault } from '../../../localstack/faults/fault.ts';

type Odds = Partial<Pick<StandingFault, 'id' | 'probability' | 'times' | 'seed' | 'drawn' | 'struck'>>;

/** A fault on ecs:StartTask that strikes always, but for what is given. */
export function aCallFault(change: Partial<CallFault> & Odds = {}): StandingFault {
  const odds = { id: 'f1', probability: 1, seed: 1, drawn: 0, struck: 0 };
  return { on: 'call', kind: 'throttle', service: 'ecs', operation: 'StartTask', ms: 0, ...odds, ...change };
}

/** A fault on all events that strikes always, but for what is given. */
export function anEventFault(change: Partial<EventFault> & Odds = {}): StandingFault {
  const odds = { id: 'f1', probability: 1, seed: 1, drawn: 0, struck: 0 };
  return { on: 'event', kind: 'lose', ms: 0, ...odds, ...change };
}
