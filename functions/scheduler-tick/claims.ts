import pMap from 'p-map';
import type { LaunchId, TaskArn } from '../../lib/model/ids.ts';
import { type Instance, isTerminal } from '../../lib/model/instance.ts';
import type { StoredAgent } from '../../lib/state/agents.ts';
import { claimsOf, type HeldClaim } from '../../lib/state/claims.ts';
import { filterClaims } from '../runtime/filter-claims.ts';
import type { PassDeps } from './deps.ts';
import type { Snapshot } from './snapshot.ts';
import type { Workbench } from './workbench.ts';

const READS_AT_ONCE = 16;

type ClaimDeps = Pick<PassDeps, 'state' | 'cluster'>;

/**
 * Launches of instances that this pass does not hold, of which a task may run: the instance was made since, or it was
 * given up with its agent. Then the task's end must be told, or a walk must see it.
 */
async function openLaunches(
  { state, cluster }: ClaimDeps,
  claims: readonly HeldClaim[],
  walk: boolean,
): Promise<ReadonlySet<LaunchId>> {
  const open = new Set<LaunchId>();
  const asked = new Map<TaskArn, LaunchId>();
  await pMap(
    claims,
    async ({ launch, runSpec, instance: id }) => {
      if ((await state.instances.get({ runSpec, id })) !== undefined) return open.add(launch);
      const known = await state.instances.findLaunch(launch);
      if (known === undefined || known.ended) return undefined;
      if (!walk) return open.add(launch);
      if (known.arn !== undefined) return asked.set(known.arn, launch);
      // It stopped between two writes: its instance went, and what its launch came to was not noted.
      const found = await cluster.findTasks(launch);
      return found.some(({ lastStatus }) => lastStatus !== 'STOPPED') ? open.add(launch) : undefined;
    },
    { concurrency: READS_AT_ONCE },
  );
  const tasks = asked.size === 0 ? [] : await cluster.describeTasks([...asked.keys()]);
  for (const { arn, lastStatus } of tasks) {
    const launch = asked.get(arn);
    if (launch !== undefined && lastStatus !== 'STOPPED') open.add(launch);
  }
  return open;
}

/** Whether an instance that this pass has deleted was given up with its agent, and not over. */
const isGivenUp = (gone: Instance, launch: LaunchId): boolean =>
  gone.launch?.id === launch && gone.launch.arn !== undefined && !isTerminal(gone.condition);

/**
 * The agents without the claims that ended. A claim stands until it is certain that its launch does not run and never
 * will, whatever another tick with an older view is about to write: a claim dropped too early would promise a running
 * task's resources again.
 */
export async function withStandingClaims(
  deps: ClaimDeps,
  agents: readonly StoredAgent[],
  snapshot: Snapshot,
  workbench: Workbench,
  walk: boolean,
): Promise<readonly StoredAgent[]> {
  /** A run spec that this pass did not read, or could not, is not judged here. */
  const isJudged = ({ runSpec }: HeldClaim): boolean =>
    snapshot.runSpecs.has(runSpec) || (walk && !snapshot.quarantined.has(runSpec));
  const isElsewhere = ({ instance: id }: HeldClaim): boolean =>
    workbench.stored(id) === undefined && workbench.expunged(id) === undefined;
  const elsewhere = agents.flatMap(({ claims }) =>
    claimsOf(claims.value).filter((claim) => isElsewhere(claim) && isJudged(claim)),
  );
  const open = await openLaunches(deps, elsewhere, walk);

  function stands(claim: HeldClaim): boolean | Promise<boolean> {
    if (!isJudged(claim)) return true;
    const { instance: id, launch, instanceRev } = claim;
    const stored = workbench.stored(id);
    if (stored === undefined) {
      const gone = workbench.expunged(id);
      return gone === undefined ? open.has(launch) : isGivenUp(gone, launch);
    }
    const { value: instance, rev } = stored;
    if (instance.launch?.id === launch) return !isTerminal(instance.condition);
    // The launch comes to the instance by replacing `instanceRev`. That is past, or a write of ours makes it so.
    return rev <= instanceRev && workbench.touch(id).then((touched) => !touched);
  }
  return filterClaims(agents, stands);
}
