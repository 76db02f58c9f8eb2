import type { PathId } from '../model/path-id.ts';
import type { RunSpec } from '../model/run-spec.ts';
import type { ClusterSnapshot } from '../model/schedule.ts';
import type { PlacementIndex } from './placement-index.ts';
import { SpecState } from './spec-state.ts';

/** States of specs that nobody asks for any more go when there are this many. */
const MOST_KEPT = 20_000;

/** A run spec's state among those of all its versions: during an upgrade two can have something pending. */
export interface StateOfSpec {
  readonly state: SpecState;
  readonly versions: readonly SpecState[];
}

/** The states of all run specs that have something pending, kept from plan to plan while they hold. */
export class SpecStates {
  readonly #index: PlacementIndex;
  #bySpec = new Map<RunSpec, StateOfSpec>();
  /** Of this and former plans. */
  #kept = new Map<RunSpec, SpecState>();

  constructor(index: PlacementIndex) {
    this.#index = index;
  }

  /** Prepares the states for a plan. */
  begin(snapshot: ClusterSnapshot): void {
    if (this.#kept.size > MOST_KEPT) this.#kept = new Map();
    const versionsById = new Map<PathId, SpecState[]>();
    this.#bySpec = new Map();
    let last: RunSpec | undefined;
    for (const { spec } of snapshot.pending) {
      if (spec === last || this.#bySpec.has(spec)) continue;
      last = spec;
      const versions = versionsById.get(spec.id) ?? [];
      versionsById.set(spec.id, versions);
      const same = versions.find((each) => each.spec.version === spec.version);
      const state = same ?? this.#stateOf(spec, snapshot);
      if (same === undefined) versions.push(state);
      this.#bySpec.set(spec, { state, versions });
    }
  }

  #stateOf(spec: RunSpec, snapshot: ClusterSnapshot): SpecState {
    const kept = this.#kept.get(spec);
    if (kept?.renew(snapshot)) return kept;
    const state = new SpecState(spec, snapshot, this.#index);
    this.#kept.set(spec, state);
    return state;
  }

  of(spec: RunSpec): StateOfSpec {
    const known = this.#bySpec.get(spec);
    if (known === undefined) throw new Error(`no state for ${spec.id} ${spec.version}`);
    return known;
  }

  /** Every state alone of its run spec, and every one still refused: nothing can change before something is placed. */
  areAllRefused(): boolean {
    for (const { state, versions } of this.#bySpec.values()) {
      if (versions.length > 1 || !state.isRefused()) return false;
    }
    return true;
  }
}
