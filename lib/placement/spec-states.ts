import type { InstanceId } from '../model/ids.ts';
import type { PathId } from '../model/path-id.ts';
import type { RunSpec } from '../model/run-spec.ts';
import type { ClusterSnapshot, PendingLaunch } from '../model/schedule.ts';
import type { PlacementIndex } from './placement-index.ts';
import { RequestClasses } from './request-classes.ts';
import { SpecState } from './spec-state.ts';
import { volumeZonesOf } from './volume-zones.ts';

/** States of specs that nobody asks for any more go when there are this many. */
const MOST_KEPT = 20_000;

/** A run spec's state among those of all its versions: during an upgrade two can have something pending. */
export interface StateOfSpec {
  readonly state: SpecState;
  readonly versions: readonly SpecState[];
}

/** What is pending of one version of a run spec, in the given order. */
interface Waiting {
  readonly spec: RunSpec;
  /** Of all versions of the run spec. */
  readonly versions: SpecState[];
  readonly replacing: InstanceId[];
  readonly starting: InstanceId[];
  state: SpecState;
}

/** Pending launches by run spec. */
interface Sorted {
  readonly bySpec: ReadonlyMap<RunSpec, Waiting>;
  /** In the order of their first turns. */
  readonly replacing: readonly Waiting[];
  readonly starting: readonly Waiting[];
  /** All ask what their run spec asks: one that has run before may ask for something else. */
  readonly isOrdinary: boolean;
}

/** The states of all run specs that have something pending, kept from plan to plan while they hold. */
export class SpecStates {
  readonly #index: PlacementIndex;
  #pending: readonly PendingLaunch[] | undefined;
  #sorted: Sorted = { bySpec: new Map(), replacing: [], starting: [], isOrdinary: true };
  /** Of this and former plans. */
  #kept = new Map<RunSpec, SpecState>();
  readonly #classes: RequestClasses;

  constructor(index: PlacementIndex) {
    this.#index = index;
    this.#classes = new RequestClasses(index);
  }

  /**
   * Prepares the states for a plan: in one look at what is pending, since of what waits for long there is much. The
   * same list as before means the same launches, and is not looked at again.
   */
  begin(snapshot: ClusterSnapshot): void {
    if (this.#kept.size > MOST_KEPT) this.#kept = new Map();
    if (snapshot.pending === this.#pending) {
      const all = new Set(this.#sorted.bySpec.values());
      for (const { versions } of all) versions.length = 0;
      for (const waiting of all) {
        waiting.state = this.#stateOf(waiting.spec, snapshot);
        waiting.versions.push(waiting.state);
      }
      return;
    }
    this.#pending = undefined;
    this.#sorted = this.#sort(snapshot);
    this.#pending = snapshot.pending;
  }

  #sort(snapshot: ClusterSnapshot): Sorted {
    const bySpec = new Map<RunSpec, Waiting>();
    const byId = new Map<PathId, Waiting[]>();
    const inTurn = { replacing: [] as Waiting[], starting: [] as Waiting[] };
    let isOrdinary = true;
    let own: Waiting | undefined;
    let last: RunSpec | undefined;
    for (const { instance, spec, replacement } of snapshot.pending) {
      if (own === undefined || spec !== last) {
        own = bySpec.get(spec) ?? this.#begun(spec, snapshot, byId);
        bySpec.set(spec, own);
        last = spec;
      }
      const kind = replacement ? 'replacing' : 'starting';
      if (own[kind].length === 0) inTurn[kind].push(own);
      own[kind].push(instance.id);
      if (instance.agent !== undefined || instance.reservation !== undefined) isOrdinary = false;
    }
    return { bySpec, ...inTurn, isOrdinary };
  }

  #begun(spec: RunSpec, snapshot: ClusterSnapshot, byId: Map<PathId, Waiting[]>): Waiting {
    const known = byId.get(spec.id) ?? [];
    byId.set(spec.id, known);
    const same = known.find((one) => one.spec.version === spec.version);
    if (same !== undefined) return same;
    const versions = known[0]?.versions ?? [];
    const own = { spec, state: this.#stateOf(spec, snapshot), versions, replacing: [], starting: [] };
    versions.push(own.state);
    known.push(own);
    return own;
  }

  #stateOf(spec: RunSpec, snapshot: ClusterSnapshot): SpecState {
    const kept = this.#kept.get(spec);
    if (kept?.renew(snapshot)) return kept;
    const alike = this.#classes.of(spec, snapshot.localRegion, volumeZonesOf(spec, snapshot));
    const state = new SpecState(spec, snapshot, this.#index, alike);
    this.#kept.set(spec, state);
    return state;
  }

  of(spec: RunSpec): StateOfSpec {
    const known = this.#sorted.bySpec.get(spec);
    if (known === undefined) throw new Error(`no state for ${spec.id} ${spec.version}`);
    return known;
  }

  /**
   * What is pending, when no agent takes any of it and nothing can change that before something is placed: in the order
   * in which turns would be lost. Undefined when turns must be taken.
   */
  allRefused(): readonly { readonly state: SpecState; readonly instances: readonly InstanceId[] }[] | undefined {
    const { replacing, starting, isOrdinary } = this.#sorted;
    const first = [...replacing, ...starting.filter((own) => own.replacing.length === 0)];
    if (!isOrdinary || !first.every(({ state, versions }) => versions.length === 1 && state.isRefused())) {
      return undefined;
    }
    return first.map((own) => ({ state: own.state, instances: inTurn(own) }));
  }
}

function inTurn({ replacing, starting }: Waiting): readonly InstanceId[] {
  return replacing.length === 0 ? starting : [...replacing, ...starting];
}
