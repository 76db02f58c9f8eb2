import { StoreUnavailable } from '../../lib/gateways/store.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import type { ProberLease } from '../../lib/state/probing.ts';
import type { HealthDeps } from './deps.ts';
import { createLanes } from './lanes.ts';
import { createTimetable } from './timetable.ts';
import { createWatchList } from './watch-list.ts';

/** A prober that dies blocks its shard for this long at most. Milliseconds, as all that follow. */
const LEASE_TIME = 10_000;
const RENEW_EVERY = 2_000;
/** How often it looks for tasks that came or went. */
const LOOK_EVERY = 1_000;
/** Without a task to ask for this long it ends. */
const IDLE_TIME = 30_000;
/** So long before its end somebody else may ask to go on. */
const HANDOVER = 90_000;
/** How often a successor looks whether it may begin. */
const POLL = 200;
/** Left of the invocation for results under way. */
const RESERVE = 5_000;
/** The former prober's word on where it stopped counts for this long. */
const FROM_IS_FRESH = 5_000;

export interface ProberRun {
  /** `held`: another prober asks for this shard. `idle`: nobody is left to ask. `handedOver`: another goes on. */
  readonly outcome: 'held' | 'idle' | 'handedOver' | 'lost' | 'timeIsUp';
}

type Ending = Exclude<ProberRun['outcome'], 'held'>;

/**
 * The prober of one shard: asks all its tasks until nobody is left, its time is up or another goes on. Two probers of
 * one shard do no harm (lib/health); the lease saves the tasks from being asked twice. `deadline`: the end of the
 * invocation (epoch ms).
 */
export function createHealth(deps: HealthDeps) {
  const { state, clock, ids, log, room } = deps;
  const { probing } = state;

  /** The lease of the shard, at once or after the holder that ends soon; undefined when it is held. */
  async function take(shard: number, owner: string, end: Instant, signal: AbortSignal) {
    const until = (): Instant => clock.now() + LEASE_TIME;
    const taken = await probing.acquire(shard, owner, clock.now(), until());
    if (taken !== undefined) return taken;
    if (!(await probing.succeed(shard, owner))) {
      // A holder that died renews no more.
      const held = await probing.getLease(shard);
      await clock.sleep(Math.max(0, (held?.until ?? 0) - clock.now()) + 1, signal);
      return probing.acquire(shard, owner, clock.now(), until());
    }
    while (clock.now() < end && !signal.aborted) {
      await clock.sleep(POLL, signal);
      const lease = await probing.acquire(shard, owner, clock.now(), until());
      if (lease !== undefined) return lease;
    }
    return undefined;
  }

  /** Keeps the lease until there is a reason to stop. */
  async function hold(lease: ProberLease, deadline: Instant, stopped: AbortSignal): Promise<Ending> {
    let { until } = lease;
    for (;;) {
      await clock.sleep(RENEW_EVERY, stopped);
      const now = clock.now();
      if (stopped.aborted || now >= deadline - RESERVE) return 'timeIsUp';
      try {
        const renewed = await probing.renew(lease.shard, lease.owner, now + LEASE_TIME, now >= deadline - HANDOVER);
        if (renewed === undefined) return 'lost';
        if (renewed.successor !== '') return 'handedOver';
        ({ until } = renewed);
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        log.error('the lease could not be renewed', error, { shard: lease.shard });
        if (clock.now() >= until) return 'lost';
      }
    }
  }

  /** Keeps the list of tasks fresh until nobody is left to ask, or it is stopped. */
  async function keepLooking(list: ReturnType<typeof createWatchList>, stopped: AbortSignal): Promise<Ending> {
    let busyAt = clock.now();
    for (;;) {
      try {
        if (await list.refresh()) busyAt = clock.now();
        else if (clock.now() - busyAt >= IDLE_TIME) return 'idle';
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        log.error('the tasks to ask could not be read', error);
      }
      await clock.sleep(LOOK_EVERY, stopped);
      if (stopped.aborted) return 'timeIsUp';
    }
  }

  async function serve(lease: ProberLease, deadline: Instant, signal: AbortSignal): Promise<Ending> {
    const now = clock.now();
    const handedOver = now - lease.from < FROM_IS_FRESH;
    const takeover = { from: handedOver ? lease.from : now, handedOver };
    const over = new AbortController();
    const ending = AbortSignal.any([over.signal, signal]);
    const timetable = createTimetable(clock);
    const underWay = new Set<Promise<void>>();
    const list = createWatchList({ ...deps, lanes: createLanes(room), timetable, underWay }, lease.shard, takeover);
    let outcome: Ending;
    try {
      outcome = await Promise.race([
        hold(lease, deadline, ending),
        keepLooking(list, ending),
        timetable.run(ending).then((): Ending => 'timeIsUp'),
      ]);
    } finally {
      over.abort();
      await probing.release(lease.shard, lease.owner, clock.now());
    }
    const timeIsUp = new AbortController();
    await Promise.race([Promise.allSettled(underWay), clock.sleep(deadline - RESERVE - clock.now(), timeIsUp.signal)]);
    timeIsUp.abort();
    return outcome;
  }

  return async function probe(shard: number, deadline: Instant, signal: AbortSignal): Promise<ProberRun> {
    for (;;) {
      const lease = await take(shard, ids.uuid(), deadline - RESERVE, signal);
      if (lease === undefined) return { outcome: 'held' };
      const outcome = await serve(lease, deadline, signal);
      // A mark that was made just before the release found the shard held, so nobody else was started for it.
      const wanted = outcome === 'idle' && (await probing.list()).marks.length > 0;
      if (!wanted) return { outcome };
    }
  };
}
