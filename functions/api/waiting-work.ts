import pMap from 'p-map';
import type { Claim } from '../../lib/model/agent.ts';
import type { ContentHash, InstanceId, LaunchId } from '../../lib/model/ids.ts';
import { type Instance, isScheduled, isTerminal } from '../../lib/model/instance.ts';
import type { LaunchQueueEntry } from '../../lib/model/launch-queue.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { CurrentSpec } from '../../lib/model/root.ts';
import type { RunSpec } from '../../lib/model/run-spec.ts';
import type { ClusterSnapshot } from '../../lib/model/schedule.ts';
import { launchable, pendingLaunches } from '../../lib/queue/pending-launches.ts';
import { placeable, type StoredAgent } from '../../lib/state/agents.ts';
import type { DefinitionsView } from '../runtime/definitions/definitions-view.ts';
import { filterClaims } from '../runtime/filter-claims.ts';
import type { ApiDeps } from './deps.ts';

const READS_AT_ONCE = 64;

/** A run spec with all that decides about its launches. */
export interface WaitingRunSpec {
  readonly current: CurrentSpec;
  readonly instances: readonly Instance[];
  readonly entry?: LaunchQueueEntry;
}

/** Where something may wait: what the tick has still to look at, and what deployments are about to change. */
export async function candidates({ state }: ApiDeps, view: DefinitionsView): Promise<ReadonlySet<PathId>> {
  const [marks, plans] = await Promise.all([state.coordination.listDirty(), view.runningPlans()]);
  return new Set([...marks.map(({ runSpec }) => runSpec), ...plans.flatMap(({ affected }) => affected)]);
}

/** The apps and pods among the ids, in the order in which the tick takes them, with what is known of each. */
export async function readWaiting(
  { state }: ApiDeps,
  view: DefinitionsView,
  ids: ReadonlySet<PathId>,
): Promise<ReadonlyMap<PathId, WaitingRunSpec>> {
  const found = await Promise.all([view.listApps(ids), view.listPods(ids)]);
  const specs = new Map(found.flat().map((spec) => [spec.id, spec]));
  const read = await pMap(
    [...ids].flatMap((id) => specs.get(id) ?? []),
    async (current): Promise<readonly [PathId, WaitingRunSpec]> => {
      const [instances, entry] = await Promise.all([
        state.instances.list(current.id),
        state.instances.getQueueEntry(current.id),
      ]);
      const waiting = { current, instances: instances.map(({ value }) => value) };
      return [current.id, { ...waiting, ...(entry !== undefined && { entry: entry.value }) }];
    },
    { concurrency: READS_AT_ONCE },
  );
  return new Map(read);
}

/** The agents without the claims of launches that are over, or that have not come to their instance: it is pending. */
function withStandingClaims(
  { state }: ApiDeps,
  agents: readonly StoredAgent[],
  runSpecs: ReadonlyMap<PathId, WaitingRunSpec>,
  known: ReadonlyMap<InstanceId, Instance>,
): Promise<readonly StoredAgent[]> {
  const mayRun = async (launch: LaunchId): Promise<boolean> => {
    const found = await state.instances.findLaunch(launch);
    return found !== undefined && !found.ended;
  };
  function stands({ runSpec, instance: id, launch }: Claim): boolean | Promise<boolean> {
    const instance = known.get(id);
    // A run spec that was not read is not judged here. A task of an instance that was given up with its agent may run.
    if (instance === undefined) return !runSpecs.has(runSpec) || mayRun(launch);
    return instance.launch?.id === launch ? !isTerminal(instance.condition) : !isScheduled(instance);
  }
  return filterClaims(agents, stands);
}

async function formerSpecs(
  { state }: ApiDeps,
  runSpecs: ReadonlyMap<PathId, WaitingRunSpec>,
  instances: readonly Instance[],
): Promise<ReadonlyMap<ContentHash, RunSpec>> {
  const former = instances
    .filter(({ runSpec, runSpecHash }) => runSpecs.get(runSpec)?.current.hash !== runSpecHash)
    .map(({ runSpecHash }) => runSpecHash);
  const stored = former.length === 0 ? [] : await state.definitions.getSpecs([...new Set(former)]);
  return new Map([...stored].map(([hash, { spec }]) => [hash, spec]));
}

/** What the tick would plan with if it looked now: the same decisions of what may be launched, from the same table. */
export async function clusterSnapshot(
  deps: ApiDeps,
  runSpecs: ReadonlyMap<PathId, WaitingRunSpec>,
): Promise<ClusterSnapshot> {
  const all = [...runSpecs.values()].flatMap(({ instances }) => instances);
  const { instances } = launchable(
    all,
    (runSpec) => runSpecs.has(runSpec),
    (runSpec) => runSpecs.get(runSpec)?.entry?.backoff,
    deps.clock.now(),
  );
  const former = await formerSpecs(deps, runSpecs, instances);
  const specOf = ({ runSpec, runSpecHash }: Instance): RunSpec | undefined => {
    const current = runSpecs.get(runSpec)?.current;
    return current?.hash === runSpecHash ? current.spec : former.get(runSpecHash);
  };
  const known = new Map(all.map((instance) => [instance.id, instance]));
  const standing = await withStandingClaims(deps, await deps.state.agents.list(), runSpecs, known);
  return {
    localRegion: deps.config.region,
    ranking: deps.config.placementRanking,
    agents: placeable(standing),
    pending: pendingLaunches(instances, specOf),
    instances: new Map([...runSpecs].map(([id, one]) => [id, one.instances])),
  };
}
