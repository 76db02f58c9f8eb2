import pMap from 'p-map';
import { judgeReach, type Reach } from '../../lib/instance/reach.ts';
import type { Instance } from '../../lib/model/instance.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { UnreachableStrategy } from '../../lib/model/run-spec.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import type { PassDeps } from './deps.ts';
import { keepEnded } from './keep-ended.ts';
import { combine, DONE, type Outlook } from './outlook.ts';
import { listAgents, refreshAgents } from './refresh-agents.ts';
import type { Snapshot } from './snapshot.ts';
import type { AgentWatch } from './watch-agents.ts';
import type { Workbench } from './workbench.ts';

const AT_ONCE = 10;
/** When the kill of one given up could not be sent yet. Milliseconds. */
const KILL_PAUSE = 1_000;
/** Of a run spec that nobody wants any more: nothing of it is waited for. */
const AT_ONCE_STRATEGY: UnreachableStrategy = { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 };

export interface SettledReach {
  readonly outlook: Outlook;
  /** Run specs with an instance on an agent out of reach: they stay marked. */
  readonly waiting: ReadonlySet<PathId>;
}

const MOVED: Outlook = { moved: true, dueAt: undefined };

/** Carries out the unreachable strategies on the instances of agents that the cluster does not reach, or does again. */
export function createReachSettler(deps: PassDeps, watch: AgentWatch) {
  const { clock, state, log } = deps;

  function reachOf({ agent }: Instance, now: Instant): Reach | { readonly kind: 'ageing'; readonly until: Instant } {
    const lostAt = agent === undefined ? undefined : watch.lostAt(agent.id);
    if (lostAt === undefined) return { kind: 'reached' };
    return now < lostAt ? { kind: 'ageing', until: lostAt } : { kind: 'lost', lostAt };
  }

  /**
   * Forgets an instance, in steps that each stand alone: marked, let go, its task told to stop, which ECS keeps until
   * the agent is back (deployments.md §7), and then its record goes.
   */
  async function expunge(instance: Instance, since: Instant, workbench: Workbench): Promise<Outlook> {
    const { id, launch, unreachable, goal, killSentAt, agent } = instance;
    if (launch === undefined) return DONE;
    if (unreachable === undefined) {
      const marked = await workbench.apply(id, { kind: 'unreachable', launch: launch.id, since });
      return marked === undefined ? DONE : MOVED;
    }
    if (goal === 'Running') {
      log.info('instance given up with its agent', { instance: id, agent: agent?.id });
      const letGo = await workbench.apply(id, { kind: 'setGoal', goal: 'Decommissioned' });
      return letGo === undefined ? DONE : MOVED;
    }
    if (killSentAt === undefined) return { moved: false, dueAt: clock.now() + KILL_PAUSE };
    await keepEnded(deps, instance);
    if (!(await workbench.expunge(instance))) return DONE;
    await state.instances.retireLaunch(launch.id, clock.now(), false, launch.arn);
    return MOVED;
  }

  async function settle(instance: Instance, strategy: UnreachableStrategy, workbench: Workbench): Promise<Outlook> {
    const { launch, agent } = instance;
    const now = clock.now();
    const reach = reachOf(instance, now);
    if (reach.kind === 'ageing') return { moved: false, dueAt: reach.until };
    const verdict = judgeReach(instance, reach, strategy, now);
    if (launch === undefined || agent === undefined) return DONE;
    switch (verdict.kind) {
      case 'none':
        return DONE;
      case 'reachable': {
        // An agent that was never noted, or is gone, says nothing of its tasks.
        if (!watch.isReached(agent.id)) return DONE;
        return (await workbench.apply(instance.id, { kind: 'reachable', launch: launch.id })) === undefined
          ? DONE
          : MOVED;
      }
      case 'unreachable':
      case 'inactive': {
        const { kind, since, dueAt } = verdict;
        const changed = await workbench.apply(instance.id, { kind, launch: launch.id, since });
        return { moved: changed !== undefined, dueAt };
      }
      case 'expunge':
        return expunge(instance, verdict.since, workbench);
    }
  }

  /** Whether something is about to be done to an instance because its agent is lost. */
  function isAtStake(instance: Instance, strategy: UnreachableStrategy): boolean {
    const now = clock.now();
    const reach = reachOf(instance, now);
    if (reach.kind !== 'lost') return false;
    switch (judgeReach(instance, reach, strategy, now).kind) {
      case 'unreachable':
        return instance.unreachable === undefined;
      case 'inactive':
        return instance.condition !== 'UnreachableInactive';
      case 'expunge':
        return instance.goal === 'Running';
      default:
        return false;
    }
  }

  return async (snapshot: Snapshot, workbench: Workbench): Promise<SettledReach> => {
    const strategyOf = ({ runSpec }: Instance): UnreachableStrategy =>
      snapshot.specs.get(runSpec)?.unreachableStrategy ?? AT_ONCE_STRATEGY;
    const isConcerned = ({ unreachable, agent }: Instance): boolean =>
      unreachable !== undefined || (agent !== undefined && watch.lostAt(agent.id) !== undefined);
    // Before an instance is given up its agent is looked at once more: the event of its return may have been lost.
    const suspects = workbench.all().filter(isConcerned);
    const looksAgain = suspects.some((one) => isAtStake(one, strategyOf(one)));
    if (looksAgain) await refreshAgents(deps, undefined);
    const isNews = looksAgain && (await watch.note(await listAgents(deps)));
    const concerned = looksAgain ? workbench.all().filter(isConcerned) : suspects;
    const outlooks = await pMap(concerned, (instance) => settle(instance, strategyOf(instance), workbench), {
      concurrency: AT_ONCE,
    });
    const waiting = new Set(
      concerned.filter(({ id }) => workbench.expunged(id) === undefined).map(({ runSpec }) => runSpec),
    );
    return { outlook: outlooks.reduce(combine, isNews ? MOVED : DONE), waiting };
  };
}
