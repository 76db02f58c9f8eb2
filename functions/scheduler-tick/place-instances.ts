import { isScheduled, isTerminal } from '../../lib/model/instance.ts';
import type { ClusterSnapshot, PendingLaunch, SchedulePlan } from '../../lib/model/schedule.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import { planSchedule } from '../../lib/placement/plan-schedule.ts';
import { launchAllowedAt } from '../../lib/queue/launch-delay.ts';
import { placeable } from '../../lib/state/agents.ts';
import { withStandingClaims } from './claims.ts';
import type { TickDeps } from './deps.ts';
import type { Launcher } from './launch-placements.ts';
import { combine, earliest, type Outlook } from './outlook.ts';
import { needsRefresh, refreshAgents } from './refresh-agents.ts';
import type { Snapshot } from './snapshot.ts';
import type { Workbench } from './workbench.ts';

/** Launches of one pass: about a second of ECS's budget, after which root and lease are looked at again. */
const LAUNCHES_A_PASS = 40;

interface Waiting {
  readonly pending: readonly PendingLaunch[];
  /** The end of the next delay. */
  readonly dueAt: Instant | undefined;
}

/** Instances that wait for a launch: those whose delay is over, and when the next one's is. */
function waitingInstances(snapshot: Snapshot, workbench: Workbench, now: Instant): Waiting {
  const pending: PendingLaunch[] = [];
  let dueAt: Instant | undefined;
  for (const instance of workbench.all()) {
    const view = snapshot.runSpecs.get(instance.runSpec)?.view;
    const spec = view?.current?.spec;
    if (spec === undefined || !isScheduled(instance) || isTerminal(instance.condition)) continue;
    const allowedAt = launchAllowedAt(workbench.entryOf(instance.runSpec)?.backoff);
    if (allowedAt !== undefined && allowedAt > now) dueAt = earliest(dueAt, allowedAt);
    else pending.push({ instance, spec, replacement: instance.incarnation > 0 });
  }
  return { pending, dueAt };
}

/** Places what may be launched, commits the claims (dropping those that ended) and starts the tasks. */
export async function placeInstances(
  deps: TickDeps,
  launcher: Launcher,
  snapshot: Snapshot,
  workbench: Workbench,
  context: { readonly fence: number; readonly walk: boolean },
): Promise<Outlook & { readonly plan: SchedulePlan }> {
  const { state, clock, config } = deps;
  const { pending, dueAt } = waitingInstances(snapshot, workbench, clock.now());
  const avoided = launcher.avoidedAgents();
  const stale = avoided.size > 0 || needsRefresh(await state.agents.list());
  if (pending.length > 0 && stale) await refreshAgents(deps, undefined);
  const stored = await state.agents.list();

  const agents = await withStandingClaims(state, stored, snapshot, workbench, context.walk);
  const view: ClusterSnapshot = {
    localRegion: config.region,
    agents: placeable(agents).filter(({ facts }) => !avoided.has(facts.id)),
    pending,
    instances: workbench.byRunSpec(),
  };
  const plan = planSchedule(view);
  const now = plan.placements.slice(0, LAUNCHES_A_PASS);
  const ledger = { stored, agents, fence: context.fence };
  const launched = await launcher.launch(now, ledger, snapshot.specs, workbench);
  const retryAt =
    plan.unplaced.length === 0 ? undefined : [...avoided.values()].reduce<Instant | undefined>(earliest, undefined);
  const rest: Outlook = { moved: now.length < plan.placements.length, dueAt: earliest(dueAt, retryAt) };
  return { ...combine(launched, rest), plan };
}
