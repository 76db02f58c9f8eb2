import pMap from 'p-map';
import type { LaunchId } from '../../lib/model/ids.ts';
import { type Instance, isTerminal } from '../../lib/model/instance.ts';
import type { StoredAgent } from '../../lib/state/agents.ts';
import { claimsOf, type HeldClaim, keepClaims } from '../../lib/state/claims.ts';
import type { InstanceKey } from '../../lib/state/instances.ts';
import type { PassDeps } from './deps.ts';
import type { Snapshot } from './snapshot.ts';
import type { Workbench } from './workbench.ts';

const AGENTS_AT_ONCE = 16;

/**
 * The agents without the claims that ended. A claim stands until it is certain that its launch does not run and never
 * will, whatever another tick with an older view is about to write: a claim dropped too early would promise a running
 * task's resources again.
 */
export async function withStandingClaims(
  { state, cluster }: Pick<PassDeps, 'state' | 'cluster'>,
  agents: readonly StoredAgent[],
  snapshot: Snapshot,
  workbench: Workbench,
  walk: boolean,
): Promise<readonly StoredAgent[]> {
  /**
   * Whether an instance that this pass does not hold was made since, or was given up with its agent while its task may
   * still run there: then the task's end must be told, or a walk must see it.
   */
  async function isNewOrGivenUp(key: InstanceKey, launch: LaunchId): Promise<boolean> {
    if ((await state.instances.get(key)) !== undefined) return true;
    if (!(await state.instances.isOpen(launch))) return false;
    return !walk || (await cluster.findTasks(launch)).some(({ lastStatus }) => lastStatus !== 'STOPPED');
  }

  /** One that this pass has deleted: over, or given up with its agent. */
  const isGivenUp = (gone: Instance, launch: LaunchId): boolean =>
    gone.launch?.id === launch && gone.launch.arn !== undefined && !isTerminal(gone.condition);

  /** Most claims are judged by what is known: those that need no call cost no promise. */
  function stands({ instance: id, launch, runSpec, instanceRev }: HeldClaim): boolean | Promise<boolean> {
    // A run spec that this pass did not read, or could not, is not judged here.
    if (!(snapshot.runSpecs.has(runSpec) || (walk && !snapshot.quarantined.has(runSpec)))) return true;
    const stored = workbench.stored(id);
    if (stored === undefined) {
      const gone = workbench.expunged(id);
      return gone === undefined ? isNewOrGivenUp({ runSpec, id }, launch) : isGivenUp(gone, launch);
    }
    const { value: instance, rev } = stored;
    if (instance.launch?.id === launch) return !isTerminal(instance.condition);
    // The launch comes to the instance by replacing `instanceRev`. That is past, or a write of ours makes it so.
    return rev <= instanceRev && workbench.touch(id).then((touched) => !touched);
  }

  return pMap(
    agents,
    async (agent) => {
      const { value, rev } = agent.claims;
      const judged = claimsOf(value).map(stands);
      const verdicts = judged.every((verdict) => typeof verdict === 'boolean') ? judged : await Promise.all(judged);
      return { ...agent, claims: { value: keepClaims(value, verdicts), rev } };
    },
    { concurrency: AGENTS_AT_ONCE },
  );
}
