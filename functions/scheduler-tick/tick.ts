import type { Lease } from '../../lib/state/coordination.ts';
import { wakeEntry } from '../runtime/wake.ts';
import { createCallBudget } from './call-budget.ts';
import type { TickDeps } from './deps.ts';
import { createLeaseHolder } from './lease-holder.ts';
import { DONE, type Outlook } from './outlook.ts';
import { createPass } from './pass.ts';

/** Left of the invocation when the tick lets go. */
const RESERVE = 5_000;

/** The timer's period. Milliseconds. */
const MINUTE = 60_000;

/** Below this many instances every timer walks; above, only every fifth (design principle 4). */
const SMALL = 1_000;
const FULL_WALK_EVERY = 5 * 60_000;

/** News gathers for a while before the next pass reads again: about as long as that reading takes. Milliseconds. */
const SHORTEST_PAUSE = 20;
const LONGEST_PAUSE = 1_000;
const PAUSE_PER_INSTANCE = 0.1;

/** `timer`: the safety pass of every minute. `wake`: somebody wrote something that concerns the scheduler. */
export type TickReason = 'wake' | 'timer';

export interface TickRun {
  /** `held`: another tick holds the lease and will see the wake counter. */
  readonly outcome: 'done' | 'held' | 'lost';
  readonly passes: number;
}

/**
 * The scheduler tick: under the lease, passes until nothing moves and nobody woke it, waiting in between for what is
 * due soon. `deadline`: when the invocation ends (epoch ms).
 */
export function createTick(deps: TickDeps) {
  const { state, bus, clock, ids, config } = deps;
  const { coordination } = state;
  const budget = createCallBudget(clock, config.ecsCalls);
  const pass = createPass({ ...deps, budget });
  let lastWalk: { readonly at: number; readonly instances: number } | undefined;

  let lookedAt = 0;

  /** Lets more news come in before it is read: one pass serves all of it. */
  const gather = (signal: AbortSignal): Promise<void> =>
    clock.sleep(Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, lookedAt * PAUSE_PER_INSTANCE)), signal);

  const walkIsDue = (): boolean =>
    lastWalk === undefined || lastWalk.instances < SMALL || clock.now() - lastWalk.at >= FULL_WALK_EVERY;

  return async function tick(reason: TickReason, deadline: number, signal: AbortSignal): Promise<TickRun> {
    const owner = ids.uuid();
    const holder = createLeaseHolder(coordination, clock, budget, owner);
    const first = await holder.take(reason === 'timer');
    if (first === undefined) return { outcome: 'held', passes: 0 };
    let lease: Lease = first;
    if (reason === 'wake') await gather(signal);
    let walk = reason === 'timer' && walkIsDue();
    let passes = 0;
    let outlook: Outlook = DONE;
    let moreToDo = false;
    const end = deadline - RESERVE;
    try {
      while (!signal.aborted) {
        const seen = lease.wake;
        const { fence } = lease;
        const done = await holder.whileRenewing(() => pass({ fence, walk, end }));
        lookedAt = done.instances;
        if (walk) lastWalk = { at: clock.now(), instances: done.instances };
        outlook = done.outlook;
        walk = false;
        passes += 1;
        const renewed = await holder.renew();
        if (renewed === undefined) return { outcome: 'lost', passes };
        lease = renewed;
        const outOfTime = clock.now() >= end;
        if (!outOfTime && outlook.moved) continue;
        if (!outOfTime && lease.wake !== seen) {
          await gather(signal);
          continue;
        }
        if (!outOfTime && outlook.dueAt !== undefined && outlook.dueAt < end) {
          const waited = await holder.wait(lease, outlook.dueAt, signal);
          if (waited === undefined) return { outcome: 'lost', passes };
          lease = waited;
          continue;
        }
        const released = await coordination.releaseLease(owner, lease.wake);
        // What is due after this invocation and before the next timer waits for neither.
        const isDueSoon = outlook.dueAt !== undefined && outlook.dueAt < clock.now() + MINUTE;
        moreToDo = isDueSoon || (outOfTime && (outlook.moved || lease.wake !== seen || !released));
        if (outOfTime || released) break;
        lease = await coordination.readLease();
      }
      return { outcome: 'done', passes };
    } finally {
      await coordination.letGo(owner);
      // Whoever woke a holder sent no event, so the holder passes the rest on.
      if (moreToDo || signal.aborted) await bus.send([wakeEntry(config.scheduler)]);
    }
  };
}
