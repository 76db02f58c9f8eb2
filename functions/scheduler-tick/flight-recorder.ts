import { flightOf } from '../../lib/flight-record/tick-record.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { ClusterSnapshot, SchedulePlan } from '../../lib/model/schedule.ts';
import { tickId } from '../../lib/state/ticks.ts';
import { packJson } from '../runtime/packed-json.ts';
import type { PassDeps } from './deps.ts';
import { launchedOf } from './launched-of.ts';
import type { Workbench } from './workbench.ts';

/** What one pass planned and did. */
export interface FlownPass {
  readonly fence: number;
  readonly walk: boolean;
  readonly cluster: ClusterSnapshot;
  readonly plan: SchedulePlan;
  readonly changed: ReadonlySet<PathId>;
  readonly workbench: Workbench;
}

/** What waits and for which reasons: a pass that finds the same as the last one, and changes nothing, is no news. */
function outcomeOf({ unplaced }: SchedulePlan): string {
  return JSON.stringify(
    unplaced.map(({ runSpec, instances, refusals }) => [runSpec, instances.length, refusals.byRule]),
  );
}

/**
 * Keeps passes that changed something (the state, or what keeps instances waiting) for the readers of
 * `/stride/v1/ticks`. A record that cannot be written is missed, and nothing else.
 */
export function createFlightRecorder({ state, clock, log }: PassDeps) {
  let count = 0;
  let lastOutcome = outcomeOf({ placements: [], unplaced: [] });

  /** Reads the plan before it returns its promise: the next plan with the same memory may then be made. */
  return async function record({ fence, walk, cluster, plan, changed, workbench }: FlownPass): Promise<void> {
    const outcome = outcomeOf(plan);
    if (plan.placements.length === 0 && changed.size === 0 && outcome === lastOutcome) return;
    lastOutcome = outcome;
    count += 1;
    const at = clock.now();
    const { digest, data } = flightOf(cluster, plan);
    const packed = data === undefined ? undefined : packJson(data);
    const record = {
      id: tickId(at, fence, count),
      at,
      fence,
      walk,
      digest,
      changed: [...changed],
      agents: cluster.agents.length,
      placed: plan.placements.length,
      unplaced: plan.unplaced.reduce((sum, { instances }) => sum + instances.length, 0),
      launched: launchedOf(plan, workbench).length,
      replayable: packed !== undefined,
    };
    try {
      await state.ticks.put(record, packed);
    } catch (error) {
      log.error('a pass was not recorded', error, { tick: record.id });
    }
  };
}
