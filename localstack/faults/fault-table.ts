import { type CallDecision, decideCall, decideEvent, type FaultableCall, type FaultableEvent } from './decide.ts';
import type { StandingFault } from './fault.ts';

/** How the faults of a table change. */
export type FaultChange =
  | { readonly kind: 'add'; readonly fault: StandingFault }
  /** Without an id: all of them. */
  | { readonly kind: 'remove'; readonly id?: string };

/** The faults that stand, in the order in which they were set. */
export interface FaultTable {
  /** Carries out a change, if one is given; how the faults stand then. */
  change(change?: FaultChange): readonly StandingFault[];
  /** Decides, and remembers whom it struck. */
  onCall(call: FaultableCall): CallDecision;
  /** Delays in milliseconds, one for each copy to deliver. */
  onEvent(event: FaultableEvent): readonly number[];
}

export function createFaultTable(): FaultTable {
  let standing: readonly StandingFault[] = [];
  return {
    change(change) {
      if (change !== undefined) standing = changeFaults(standing, change);
      return standing;
    },
    onCall(call) {
      const { faults, decision } = decideCall(standing, call);
      standing = faults;
      return decision;
    },
    onEvent(event) {
      const { faults, decision } = decideEvent(standing, event);
      standing = faults;
      return decision;
    },
  };
}

function changeFaults(standing: readonly StandingFault[], change: FaultChange): readonly StandingFault[] {
  if (change.kind === 'add') return [...standing, change.fault];
  return change.id === undefined ? [] : standing.filter(({ id }) => id !== change.id);
}
