import pMap from 'p-map';
import { planMoves } from '../../lib/deployment/plan-moves.ts';
import { instanceChanged } from '../../lib/event/events.ts';
import { StoreUnavailable } from '../../lib/gateways/store.ts';
import { type Instance, isTerminal } from '../../lib/model/instance.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import type { TickDeps } from './deps.ts';
import { keepEnded } from './keep-ended.ts';
import type { LoadedRunSpec, Snapshot } from './snapshot.ts';
import type { Workbench } from './workbench.ts';

const RUN_SPECS_AT_ONCE = 16;
const WRITES_AT_ONCE = 16;

/**
 * Makes the instances that were decided upon. One that is off the entry by then has been made by another tick, and may
 * have lived and gone before this one went on: it is left to the next pass, which knows whether it is wanted.
 * True when one was left.
 */
async function createDecided(
  { state, clock }: TickDeps,
  workbench: Workbench,
  runSpec: PathId,
  decided: readonly Instance[],
): Promise<boolean> {
  if (decided.length === 0) return false;
  await pMap(decided, (instance) => workbench.create(instance, [instanceChanged(instance, clock.now())]), {
    concurrency: WRITES_AT_ONCE,
  });
  const pending = new Set((await state.instances.getQueueEntry(runSpec))?.value.pending);
  const outdated = decided.filter(({ id }) => !pending.has(id));
  for (const { id } of outdated) workbench.leave(id);
  return outdated.length > 0;
}

/** What became of the decisions on one run spec. `again`: it is to be looked at again at once. */
interface Outcome {
  readonly changed: boolean;
  readonly again: boolean;
}

async function carryOut(deps: TickDeps, workbench: Workbench, runSpec: LoadedRunSpec, now: Instant): Promise<Outcome> {
  const { state, ids } = deps;
  const { view, entryRev } = runSpec;
  const moves = planMoves(view, () => ids.timeUuid(), now);
  if (moves.entry !== undefined) {
    if (!(await state.instances.putQueueEntry(moves.entry, entryRev))) return { changed: false, again: true };
    workbench.noteEntry(moves.entry);
  }
  const current = view.current?.spec;
  const outdated = await createDecided(deps, workbench, view.id, moves.create);
  await pMap(moves.decommission, (id) => workbench.apply(id, { kind: 'setGoal', goal: 'Decommissioned' }), {
    concurrency: WRITES_AT_ONCE,
  });
  await pMap(
    moves.reschedule,
    async (id) => {
      const ended = workbench.get(id);
      if (ended === undefined) return;
      await keepEnded(deps, ended);
      // Relaunched in the version it had: only a deployment moves an instance to another.
      const { runSpecHash, runSpecVersion, configVersion } = ended;
      await workbench.apply(id, { kind: 'reschedule', runSpecHash, runSpecVersion, configVersion });
      if (ended.launch !== undefined) await state.instances.retireLaunch(ended.launch.id, now, true);
    },
    { concurrency: WRITES_AT_ONCE },
  );
  const gone = await pMap(
    moves.expunge,
    async (instance) => {
      await keepEnded(deps, instance);
      const expunged = await workbench.expunge(instance);
      if (expunged && instance.launch !== undefined)
        await state.instances.retireLaunch(instance.launch.id, now, isTerminal(instance.condition));
      return expunged;
    },
    { concurrency: WRITES_AT_ONCE },
  );
  // The entry leads to the instances, so it goes after the last of them.
  const nobodyLeft = view.instances.length === gone.filter(Boolean).length;
  const isOver = current === undefined && nobodyLeft;
  const isRewritten = moves.entry !== undefined;
  if (isOver && !isRewritten && entryRev > 0) await state.instances.removeQueueEntry(view.id, entryRev);
  const done = [moves.create, moves.decommission, moves.reschedule, moves.expunge];
  // An entry that only tells of what was carried out before calls for nothing more, as long as it is needed.
  const again = outdated || (isOver && isRewritten) || done.some(({ length }) => length > 0);
  return { changed: again || isRewritten, again };
}

export interface CarriedOut {
  /** Something was written for these. */
  readonly changed: ReadonlySet<PathId>;
  /** To be looked at again at once: more may follow, or another tick was first. */
  readonly moved: ReadonlySet<PathId>;
  /** These could not be decided or carried out: they stay marked. */
  readonly failed: ReadonlySet<PathId>;
}

/**
 * Decides for every loaded run spec and carries the decisions out. One that fails is quarantined; the others go on
 * (principle 11). An outage of the store is not its fault, and ends the pass.
 */
export async function carryOutMoves(deps: TickDeps, snapshot: Snapshot, workbench: Workbench): Promise<CarriedOut> {
  const changed = new Set<PathId>();
  const moved = new Set<PathId>();
  const failed = new Set<PathId>();
  await pMap(
    snapshot.runSpecs,
    async ([id, runSpec]) => {
      try {
        const outcome = await carryOut(deps, workbench, runSpec, deps.clock.now());
        if (outcome.changed) changed.add(id);
        if (outcome.again) moved.add(id);
      } catch (error) {
        if (error instanceof StoreUnavailable) throw error;
        failed.add(id);
        deps.log.error('run spec quarantined', error, { runSpec: id });
      }
    },
    { concurrency: RUN_SPECS_AT_ONCE },
  );
  return { changed, moved, failed };
}
