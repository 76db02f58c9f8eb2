import type { Clock } from '../../lib/gateways/clock.ts';
import type { Lease } from '../../lib/state/coordination.ts';
import type { State } from '../../lib/state/state.ts';
import type { CallBudget } from './call-budget.ts';

/** A holder that dies blocks the others for this long at most. Milliseconds. */
const LEASE_TIME = 6_000;
const RENEW_EVERY = 2_000;
/** How often a waiting holder looks whether somebody woke it (design §3). */
const POLL = 250;

/**
 * The tick's lease. It keeps ticks from doing the same work twice; that nothing is done wrongly never rests on it
 * (design principle 5).
 */
export function createLeaseHolder(
  coordination: State['coordination'],
  clock: Clock,
  budget: CallBudget,
  owner: string,
) {
  const until = (): number => clock.now() + LEASE_TIME;
  const renew = (): Promise<Lease | undefined> => coordination.renewLease(owner, until(), budget.left());

  return {
    renew,

    /**
     * Takes the lease; undefined when another tick holds it. `patient`: waits for the end of a held one first, since
     * a holder that died renews no more, and nobody wakes the scheduler while its lease seems to be held.
     */
    async take(patient: boolean): Promise<Lease | undefined> {
      let taken = await coordination.acquireLease(owner, clock.now(), until());
      if (taken === undefined && patient) {
        const held = await coordination.readLease();
        await clock.sleep(Math.max(0, held.until - clock.now()) + 1);
        taken = await coordination.acquireLease(owner, clock.now(), until());
      }
      if (taken !== undefined) budget.adopt(taken.calls);
      return taken;
    },

    /** Does the work and keeps the lease meanwhile. */
    async whileRenewing<T>(work: () => Promise<T>): Promise<T> {
      const done = new AbortController();
      const renewing = (async () => {
        for (;;) {
          await clock.sleep(RENEW_EVERY, done.signal);
          if (done.signal.aborted) return;
          // A renewal that did not come through is made up for by the next; the work's own writes tell of an outage.
          await renew().catch(() => undefined);
        }
      })();
      try {
        return await work();
      } finally {
        done.abort();
        await renewing;
      }
    },

    /** Waits until `dueAt` or until somebody wakes; the lease as it is then, undefined when it was lost. */
    async wait(lease: Lease, dueAt: number, signal: AbortSignal): Promise<Lease | undefined> {
      let present: Lease | undefined = lease;
      while (present !== undefined && present.wake === lease.wake && clock.now() < dueAt && !signal.aborted) {
        await clock.sleep(Math.min(POLL, Math.max(1, dueAt - clock.now())), signal);
        if (present.until - clock.now() < LEASE_TIME - RENEW_EVERY) present = await renew();
        else {
          const read = await coordination.readLease();
          present = read.owner === owner ? read : undefined;
        }
      }
      return present;
    },
  };
}
