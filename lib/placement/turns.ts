import type { Instance } from '../model/instance.ts';
import type { PendingLaunch } from '../model/schedule.ts';
import type { SpecState } from './spec-state.ts';
import type { SpecStates } from './spec-states.ts';

/** One instance that waits for its turn. */
export interface Turn {
  readonly instance: Instance;
  readonly state: SpecState;
  readonly versions: readonly SpecState[];
  readonly replacement: boolean;
}

/** The pending launches in the given order, each with the state of what it was made from. */
export function turnsOf(pending: readonly PendingLaunch[], states: SpecStates): readonly Turn[] {
  return pending.map(({ instance, spec, replacement }) => {
    const { state, versions } = states.of(spec);
    return { instance, state, versions, replacement };
  });
}
