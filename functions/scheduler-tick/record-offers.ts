import pMap from 'p-map';
import { isScheduled } from '../../lib/model/instance.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { SchedulePlan } from '../../lib/model/schedule.ts';
import { countLook, isNews } from '../../lib/queue/offer-statistics.ts';
import type { PassDeps } from './deps.ts';
import { launchedOf } from './launched-of.ts';
import type { Snapshot } from './snapshot.ts';
import type { Workbench } from './workbench.ts';

const WRITES_AT_ONCE = 16;

/** Placements that became launches, by run spec. */
function usedOffers(plan: SchedulePlan, workbench: Workbench): ReadonlyMap<PathId, number> {
  const byRunSpec = Map.groupBy(launchedOf(plan, workbench), ({ runSpec }) => runSpec);
  return new Map([...byRunSpec].map(([runSpec, used]) => [runSpec, used.length]));
}

/** Keeps what waiting run specs met with in this pass for `GET /v2/queue`, and forgets it of those that wait no more. */
export async function recordOffers(
  { state, clock }: PassDeps,
  snapshot: Snapshot,
  workbench: Workbench,
  plan: SchedulePlan,
  walk: boolean,
): Promise<void> {
  if (!walk && plan.placements.length === 0 && plan.unplaced.length === 0) return;
  const known = await state.offers.list();
  const now = clock.now();
  const used = usedOffers(plan, workbench);
  // Of several versions that wait, the one whose turn comes last: a deployment's newest.
  const looks = new Map(
    plan.unplaced.map(({ runSpec, refusals }) => [runSpec, { runSpec, used: used.get(runSpec) ?? 0, refusals }]),
  );
  const news = [...looks.values()].filter((look) => isNews(known.get(look.runSpec), look, now));
  await pMap(news, (look) => state.offers.put(countLook(known.get(look.runSpec), look, now)), {
    concurrency: WRITES_AT_ONCE,
  });
  const waiting = new Set(
    workbench
      .all()
      .filter(isScheduled)
      .map(({ runSpec }) => runSpec),
  );
  const over = [...known.keys()].filter((runSpec) => snapshot.runSpecs.has(runSpec) && !waiting.has(runSpec));
  await pMap(over, (runSpec) => state.offers.remove(runSpec), { concurrency: WRITES_AT_ONCE });
}
