import type { InstanceId } from '../model/ids.ts';
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
  readonly versions: SpecState[];
  /** What is pending of it, in the given order. */
  readonly replacing: InstanceId[];
  readonly starting: InstanceId[];
}

/** The states of all run specs that have something pending, kept from plan to plan while they hold. */
export class SpecStates {
  readonly #index: PlacementIndex;
  #bySpec = new Map<RunSpec, StateOfSpec>();
  #inTurn: { readonly replacing: StateOfSpec[]; readonly starting: StateOfSpec[] } = { replacing: [], starting: [] };
  #isOrdinary = true;
  /** Of this and former plans. */
  #kept = new Map<RunSpec, SpecState>();

  constructor(index: PlacementIndex) {
    this.#index = index;
  }

  /** Prepares the states for a plan: in one look at what is pending, since of what waits for long there is much. */
  begin(snapshot: ClusterSnapshot): void {
    if (this.#kept.size > MOST_KEPT) this.#kept = new Map();
    this.#bySpec = new Map();
    this.#inTurn = { replacing: [], starting: [] };
    this.#isOrdinary = true;
    const versionsById = new Map<PathId, StateOfSpec[]>();
    let spec: RunSpec | undefined;
    let own: StateOfSpec | undefined;
    for (const launch of snapshot.pending) {
      if (own === undefined || launch.spec !== spec) {
        spec = launch.spec;
        own = this.#bySpec.get(spec) ?? this.#begun(spec, snapshot, versionsById);
      }
      const kind = launch.replacement ? 'replacing' : 'starting';
      if (own[kind].length === 0) this.#inTurn[kind].push(own);
      own[kind].push(launch.instance.id);
      if (launch.instance.agent !== undefined || launch.instance.reservation !== undefined) this.#isOrdinary = false;
    }
  }

  #begun(spec: RunSpec, snapshot: ClusterSnapshot, versionsById: Map<PathId, StateOfSpec[]>): StateOfSpec {
    const known = versionsById.get(spec.id) ?? [];
    versionsById.set(spec.id, known);
    const same = known.find(({ state }) => state.spec.version === spec.version);
    const versions = known[0]?.versions ?? [];
    const own = same ?? { state: this.#stateOf(spec, snapshot), versions, replacing: [], starting: [] };
    if (same === undefined) {
      versions.push(own.state);
      known.push(own);
    }
    this.#bySpec.set(spec, own);
    return own;
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

  /**
   * What is pending, when no agent takes any of it and nothing can change that before something is placed: in the order
   * in which turns would be lost. Undefined when turns must be taken.
   */
  allRefused(): readonly { readonly state: SpecState; readonly instances: readonly InstanceId[] }[] | undefined {
    const { replacing, starting } = this.#inTurn;
    const first = [...replacing, ...starting.filter((own) => own.replacing.length === 0)];
    // An instance that has run before may ask for something else than the others of its run spec.
    if (!this.#isOrdinary || !first.every(({ state, versions }) => versions.length === 1 && state.isRefused())) {
      return undefined;
    }
    return first.map((own) => ({ state: own.state, instances: [...own.replacing, ...own.starting] }));
  }
}
