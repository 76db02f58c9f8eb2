import type { PathId } from '../model/path-id.ts';
import type { RunSpec } from '../model/run-spec.ts';
import type { ClusterSnapshot } from '../model/schedule.ts';
import type { PlacementIndex } from './placement-index.ts';
import { SpecState } from './spec-state.ts';

/** The states of all run specs that have something pending: an upgrade can have launches of two versions. */
export class SpecStates {
  readonly #bySpec = new Map<RunSpec, SpecState>();
  readonly #byId = new Map<PathId, SpecState[]>();

  constructor(snapshot: ClusterSnapshot, index: PlacementIndex) {
    for (const { spec } of snapshot.pending) {
      if (this.#bySpec.has(spec)) continue;
      const versions = this.#byId.get(spec.id) ?? [];
      const known = versions.find((state) => state.spec.version === spec.version);
      const state = known ?? new SpecState(spec, snapshot, index);
      if (known === undefined) versions.push(state);
      this.#byId.set(spec.id, versions);
      this.#bySpec.set(spec, state);
    }
  }

  of(spec: RunSpec): SpecState {
    const state = this.#bySpec.get(spec);
    if (state === undefined) throw new Error(`no state for ${spec.id} ${spec.version}`);
    return state;
  }

  versionsOf(id: PathId): readonly SpecState[] {
    return this.#byId.get(id) ?? [];
  }
}
