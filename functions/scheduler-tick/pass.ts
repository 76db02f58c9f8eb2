import { isScheduled, isTerminal } from '../../lib/model/instance.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import { PlacementMemory } from '../../lib/placement/placement-memory.ts';
import { advanceDeployments } from './advance-deployments.ts';
import { type CarriedOut, carryOutMoves } from './carry-out-moves.ts';
import { completeChecks } from './complete-checks.ts';
import type { PassDeps, PassRequest } from './deps.ts';
import { enforceDeadlines } from './enforce-deadlines.ts';
import { createFlightRecorder } from './flight-recorder.ts';
import { createProbeKeeper } from './keep-probed.ts';
import { createLauncher } from './launch-placements.ts';
import { combine, DONE, type Outlook } from './outlook.ts';
import { placeInstances } from './place-instances.ts';
import { recordOffers } from './record-offers.ts';
import { listAgents } from './refresh-agents.ts';
import { createSettler } from './settle-launches.ts';
import { createReachSettler } from './settle-reach.ts';
import { loadSnapshot, type Snapshot } from './snapshot.ts';
import { createSweep } from './sweep.ts';
import { createAgentWatch } from './watch-agents.ts';
import { createWorkbench, type Workbench } from './workbench.ts';

export interface PassResult {
  readonly outlook: Outlook;
  /** How many instances it looked at. */
  readonly instances: number;
}

/** Run specs with an instance that is not where its goal wants it: they stay marked for the next tick. */
function unfinished(workbench: Workbench): ReadonlySet<PathId> {
  const open = workbench
    .all()
    .filter(
      (instance) =>
        isScheduled(instance) ||
        instance.condition === 'Provisioned' ||
        ((instance.goal === 'Decommissioned' || instance.unhealthy !== undefined || instance.overdue === true) &&
          !isTerminal(instance.condition)),
    );
  return new Set(open.map(({ runSpec }) => runSpec));
}

/**
 * One pass of the tick: read, decide, apply. It may be repeated, interrupted or run beside another one: each write
 * stands alone under its own condition, and what it did not finish the next pass finds.
 */
export function createPass(deps: PassDeps) {
  const { state } = deps;
  const settle = createSettler(deps);
  const launcher = createLauncher(deps);
  const sweep = createSweep(deps);
  const probed = createProbeKeeper(deps);
  const record = createFlightRecorder(deps);
  const watch = createAgentWatch(deps);
  const settleReach = createReachSettler(deps, watch);
  /** What the last pass left to plan with. A pass takes it until its plan is over: one beside it begins anew. */
  let left: PlacementMemory | undefined;
  let lastFence = 0;

  /** Forgets what holds only while this process is the one at work: the fence tells of another in between. */
  function begin(fence: number): void {
    if (fence !== lastFence && fence !== lastFence + 1) {
      watch.forget();
      probed.forget();
    }
    lastFence = fence;
  }

  async function keepMarks(
    snapshot: Snapshot,
    workbench: Workbench,
    { moved, failed }: CarriedOut,
    waiting: ReadonlySet<PathId>,
  ): Promise<void> {
    const open = new Set([...unfinished(workbench), ...waiting]);
    const marked = new Set(snapshot.dirty.map(({ runSpec }) => runSpec));
    const done = snapshot.dirty.filter(
      ({ runSpec }) =>
        !open.has(runSpec) && !moved.has(runSpec) && !failed.has(runSpec) && snapshot.runSpecs.has(runSpec),
    );
    await Promise.all(done.map((mark) => state.coordination.clearDirty(mark)));
    const unmarked = [...open, ...moved].filter((runSpec) => !marked.has(runSpec));
    const mark = deps.ids.timeUuid();
    await Promise.all([...new Set(unmarked)].map((runSpec) => state.coordination.markDirty({ runSpec, mark })));
  }

  return async ({ fence, walk, end }: PassRequest): Promise<PassResult> => {
    begin(fence);
    if (watch.isBlind()) await watch.note(await listAgents(deps));
    const tasks = walk ? await deps.cluster.listTasks() : undefined;
    const snapshot = await loadSnapshot(state, walk, deps.log, watch.draining());
    const workbench = createWorkbench(state, deps.clock, snapshot);
    await completeChecks(state, snapshot, workbench);
    const learnt = tasks === undefined ? false : await sweep.learnEnds(tasks, workbench);
    if (tasks !== undefined) {
      await sweep.observeAgents(tasks, workbench);
      await sweep.stopStrays(tasks, workbench);
    }
    const carriedOut = await carryOutMoves(deps, snapshot, workbench);
    const reach = await settleReach(snapshot, workbench);
    const settled = await settle(workbench);
    const advanced = await advanceDeployments(deps, snapshot, workbench);
    // A step that was just done may have been the last one: the next pass, which comes at once, judges what is left.
    const deadlines = advanced ? DONE : await enforceDeadlines(deps, snapshot);
    // A step that has just begun may want launches too: all get their turn together in the next pass, which comes at once.
    const memory = left ?? new PlacementMemory();
    left = undefined;
    const context = { fence, walk, end, mayLaunch: !advanced && !deadlines.moved, memory };
    const placed = await placeInstances(deps, launcher, snapshot, workbench, context);
    await recordOffers(deps, snapshot, workbench, placed.plan, walk);
    const recorded = record({ ...placed, fence, walk, workbench, changed: carriedOut.changed });
    left = memory;
    await keepMarks(snapshot, workbench, carriedOut, reach.waiting);
    await probed.keep(snapshot, workbench);
    await recorded;
    const agentsChanged = await watch.note(placed.agents);
    const moved = learnt || carriedOut.moved.size > 0 || advanced || agentsChanged;
    return {
      outlook: [reach.outlook, settled, deadlines, placed].reduce(combine, { moved, dueAt: undefined }),
      instances: workbench.all().length,
    };
  };
}
