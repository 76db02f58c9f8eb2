import type { ClusterSnapshot, Placement, SchedulePlan } from '../../lib/model/schedule.ts';
import { planSchedule } from '../../lib/placement/plan-schedule.ts';
import { type Cell, snapshotOf } from './cells.ts';
import { checkPlan, type PlanCheck } from './check-plan.ts';
import { LiveCluster } from './one-by-one.ts';

export interface CellRun extends PlanCheck {
  /** From the first question to the last answer, the index included; milliseconds. */
  readonly wallMs: number;
  /** Per placement; microseconds. Batch 1 alone. */
  readonly p50?: number;
  readonly p99?: number;
}

/** Runs a cell once and checks its plan; throws when the plan breaks a promise. */
export function runCell(cell: Cell): CellRun {
  const snapshot = snapshotOf(cell);
  // Single placements are judged warm: the first time over is for the code to be compiled.
  if (cell.batch === 1) planEach(snapshot);
  const { plan, wallMs, times } = cell.batch === 'all' ? planAll(snapshot) : planEach(snapshot);
  const check = checkPlan(snapshot, plan);
  const { violations, overCommitted, avoidableSkew, placed, unplaced } = check;
  if (violations > 0 || overCommitted > 0 || avoidableSkew > 0 || placed + unplaced !== cell.instances) {
    throw new Error(`wrong plan: ${JSON.stringify({ violations, overCommitted, avoidableSkew, placed, unplaced })}`);
  }
  if (times.length === 0) return { ...check, wallMs };
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? Number.NaN) * 1_000;
  return { ...check, wallMs, p50: at(0.5), p99: at(0.99) };
}

interface Timed {
  readonly plan: SchedulePlan;
  readonly wallMs: number;
  readonly times: readonly number[];
}

function planAll(snapshot: ClusterSnapshot): Timed {
  const started = performance.now();
  const plan = planSchedule(snapshot);
  return { plan, wallMs: performance.now() - started, times: [] };
}

function planEach(snapshot: ClusterSnapshot): Timed {
  const cluster = new LiveCluster(snapshot);
  const placements: Placement[] = [];
  const unplaced: SchedulePlan['unplaced'][number][] = [];
  for (const launch of snapshot.pending) {
    const plan = cluster.place(launch);
    placements.push(...plan.placements);
    for (const { refusals, ...rest } of plan.unplaced) unplaced.push({ ...rest, refusals: seen(refusals) });
  }
  return {
    plan: { placements, unplaced },
    wallMs: cluster.times.reduce((sum, each) => sum + each, 0),
    times: cluster.times,
  };
}

/** Refusals must be read before the next plan with the same memory. */
function seen({ agents, byReason, byRule }: SchedulePlan['unplaced'][number]['refusals']) {
  return { agents, byReason, byRule, list: () => [], listAll: () => [] };
}
