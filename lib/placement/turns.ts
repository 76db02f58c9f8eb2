import type { Instance } from '../model/instance.ts';
import type { PathId } from '../model/path-id.ts';
import type { RunSpec } from '../model/run-spec.ts';
import type { ClusterSnapshot, PendingLaunch } from '../model/schedule.ts';
import type { PlacementIndex } from './placement-index.ts';
import { SpecState } from './spec-state.ts';

/** All versions of one run spec that have something pending: during an upgrade there can be two. */
type Versions = SpecState[];

/** One instance that waits for its turn. */
export interface Turn {
  readonly instance: Instance;
  readonly state: SpecState;
  readonly versions: readonly SpecState[];
  readonly replacement: boolean;
}

/** The pending launches in the given order, each with the state of what it was made from. */
export function turnsOf(snapshot: ClusterSnapshot, index: PlacementIndex): readonly Turn[] {
  const known = new Map<RunSpec, Pick<Turn, 'state' | 'versions'>>();
  const byId = new Map<PathId, Versions>();
  const stateOf = ({ spec }: PendingLaunch): Pick<Turn, 'state' | 'versions'> => {
    const versions = byId.get(spec.id) ?? [];
    byId.set(spec.id, versions);
    const same = versions.find((each) => each.spec.version === spec.version);
    const state = same ?? new SpecState(spec, snapshot, index);
    if (same === undefined) versions.push(state);
    known.set(spec, { state, versions });
    return { state, versions };
  };
  return snapshot.pending.map((launch) => {
    const { state, versions } = known.get(launch.spec) ?? stateOf(launch);
    return { instance: launch.instance, state, versions, replacement: launch.replacement };
  });
}
