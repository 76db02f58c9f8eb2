import type { Instance } from '../../lib/model/instance.ts';
import type { AppSpec } from '../../lib/model/run-spec.ts';
import type { ClusterSnapshot, PendingLaunch, SchedulePlan } from '../../lib/model/schedule.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import type { PlacementMemory } from '../../lib/placement/placement-memory.ts';
import { planSchedule } from '../../lib/placement/plan-schedule.ts';
import { launchable, pendingLaunches } from '../../lib/queue/pending-launches.ts';
import { placeable, type StoredAgent } from '../../lib/state/agents.ts';
import { withStandingClaims } from './claims.ts';
import type { PassDeps, PassRequest } from './deps.ts';
import type { Launcher } from './launch-placements.ts';
import { combine, earliest, type Outlook } from './outlook.ts';
import { readableSpecs } from './readable-specs.ts';
import { hasNews, listAgents, needsRefresh, refreshAgents } from './refresh-agents.ts';
import type { Snapshot } from './snapshot.ts';
import type { Workbench } from './workbench.ts';

/** How long one pass may go on launching before it looks at everything anew. Milliseconds. */
const LAUNCHING_TIME = 5_000;

/** Pending launches; an instance whose definition is gone is logged, the others go on. */
async function readPending(
  { state, log }: PassDeps,
  snapshot: Snapshot,
  instances: readonly Instance[],
): Promise<readonly PendingLaunch<AppSpec>[]> {
  const isCurrent = ({ runSpec, runSpecHash }: Instance): boolean =>
    snapshot.runSpecs.get(runSpec)?.view.current?.hash === runSpecHash;
  const former = instances.filter((one) => !isCurrent(one)).map(({ runSpecHash }) => runSpecHash);
  const stored = await readableSpecs(state, former);
  return pendingLaunches(instances, (instance) => {
    const { runSpec, runSpecHash, id } = instance;
    const spec = isCurrent(instance) ? snapshot.specs.get(runSpec) : stored.get(runSpecHash)?.spec;
    if (spec === undefined) log.error('instance without its definition', new Error(runSpecHash), { instance: id });
    return spec;
  });
}

/** The agents as stored; asked of ECS anew after news of one, or when a launch is due and something may have changed. */
async function freshAgents(deps: PassDeps, launcher: Launcher, isDue: boolean): Promise<readonly StoredAgent[]> {
  const stored = await listAgents(deps);
  const isOutdated = isDue && (launcher.avoidedAgents().size > 0 || needsRefresh(stored));
  if (!isOutdated && !stored.some(hasNews)) return stored;
  await refreshAgents(deps, undefined);
  return listAgents(deps);
}

/** Places what may be launched, commits the claims (dropping those that ended) and starts the tasks. */
export async function placeInstances(
  deps: PassDeps,
  launcher: Launcher,
  snapshot: Snapshot,
  workbench: Workbench,
  context: PassRequest & { readonly mayLaunch: boolean; readonly memory: PlacementMemory },
): Promise<
  Outlook & {
    readonly cluster: ClusterSnapshot;
    readonly plan: SchedulePlan;
    readonly agents: readonly StoredAgent[];
  }
> {
  const { clock, config } = deps;
  const { instances, dueAt } = launchable(
    workbench.all(),
    (runSpec) => snapshot.specs.has(runSpec),
    (runSpec) => workbench.entryOf(runSpec)?.backoff,
    clock.now(),
  );
  const pending = await readPending(deps, snapshot, context.mayLaunch ? instances : []);
  const stored = await freshAgents(deps, launcher, pending.length > 0);
  const avoided = launcher.avoidedAgents();
  const agents = await withStandingClaims(deps, stored, snapshot, workbench, context.walk);
  const cluster: ClusterSnapshot = {
    localRegion: config.region,
    ranking: config.placementRanking,
    agents: placeable(agents).filter(({ facts }) => !avoided.has(facts.id)),
    pending,
    instances: workbench.byRunSpec(),
  };
  const plan = planSchedule(cluster, context.memory);
  const pausedUntil = plan.placements.length === 0 ? undefined : launcher.pausedUntil();
  const now = pausedUntil === undefined ? plan.placements.slice(0, deps.budget.callsWithin(LAUNCHING_TIME)) : [];
  const launched = await launcher.launch(now, {
    stored,
    agents,
    fence: context.fence,
    end: context.end,
    snapshot,
    specs: new Map(pending.map(({ instance, spec }) => [instance.id, spec])),
    workbench,
  });
  const retryAt =
    plan.unplaced.length === 0 ? undefined : [...avoided.values()].reduce<Instant | undefined>(earliest, undefined);
  const moreToPlace = pausedUntil === undefined && now.length < plan.placements.length;
  const rest: Outlook = { moved: moreToPlace, dueAt: earliest(earliest(dueAt, retryAt), pausedUntil) };
  return { ...combine(launched, rest), cluster, plan, agents: stored };
}
