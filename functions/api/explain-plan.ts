import { type Explanation, explainUnplaced } from '../../lib/explain/explain-unplaced.ts';
import { type LackingCapacity, lackingCapacity } from '../../lib/explain/lacking-capacity.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { Placement } from '../../lib/model/schedule.ts';
import { planSchedule } from '../../lib/placement/plan-schedule.ts';
import type { LaunchRate } from '../../lib/queue/launch-rate.ts';
import type { ApiDeps } from './deps.ts';
import { ratesNow } from './rates-now.ts';
import { clusterSnapshot, type WaitingRunSpec } from './waiting-work.ts';

/** A planned launch, with the host that it goes to. */
interface PlannedLaunch extends Pick<Placement, 'instance' | 'agent' | 'hostPorts'> {
  readonly host: string;
}

/** The plan that the tick would make now, with the reasons behind it. */
export interface ExplainedPlan {
  /** By run spec. */
  readonly placements: ReadonlyMap<PathId, readonly PlannedLaunch[]>;
  readonly rates: ReadonlyMap<PathId, LaunchRate>;
  /** By run spec: one entry for each kind of request that no agent takes. */
  readonly unplaced: ReadonlyMap<PathId, readonly Explanation[]>;
  readonly lacking: LackingCapacity;
}

/** Explains what `ids` wait for among all that waits. */
export async function explainPlan(
  deps: ApiDeps,
  runSpecs: ReadonlyMap<PathId, WaitingRunSpec>,
  ids: ReadonlySet<PathId>,
): Promise<ExplainedPlan> {
  const snapshot = await clusterSnapshot(deps, runSpecs);
  const plan = planSchedule(snapshot);
  const agents = new Map(snapshot.agents.map((agent) => [agent.facts.id, agent]));
  const specs = new Map(snapshot.pending.map(({ instance, spec }) => [instance.id, spec]));
  const explanations = plan.unplaced.flatMap((unplaced): readonly (readonly [PathId, Explanation])[] => {
    const [first] = unplaced.instances;
    const spec = first === undefined || !ids.has(unplaced.runSpec) ? undefined : specs.get(first);
    return spec === undefined ? [] : [[unplaced.runSpec, explainUnplaced(unplaced, spec, agents)]];
  });
  const placed = Map.groupBy(
    plan.placements.filter(({ runSpec }) => ids.has(runSpec)),
    ({ runSpec }) => runSpec,
  );
  const show = ({ instance, agent, hostPorts }: Placement): PlannedLaunch => {
    return { instance, agent, host: agents.get(agent)?.host.host ?? '', hostPorts };
  };
  return {
    placements: new Map([...placed].map(([id, placements]) => [id, placements.map(show)])),
    rates: await ratesNow(deps, snapshot, plan),
    unplaced: new Map(
      [...Map.groupBy(explanations, ([id]) => id)].map(([id, pairs]) => [id, pairs.map(([, one]) => one)]),
    ),
    lacking: lackingCapacity(snapshot, plan),
  };
}
