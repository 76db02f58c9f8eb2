import pMap from 'p-map';
import type { BusEntry } from '../../lib/gateways/bus.ts';
import { probedTasksDigest } from '../../lib/health/probed-tasks.ts';
import { PROBE_DETAIL_TYPE, type ProbeDetail } from '../../lib/model/outbox.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import type { ProberLease } from '../../lib/state/probing.ts';
import type { TickDeps } from './deps.ts';
import type { Snapshot } from './snapshot.ts';
import type { Workbench } from './workbench.ts';

const WRITES_AT_ONCE = 16;
/** How often it looks whether the probers are at work, whatever has changed. Milliseconds. */
const LOOK_EVERY = 30_000;

/** Nobody asks for the shard, or who does ends soon and no other has asked to go on. */
const needsProber = (lease: ProberLease | undefined, now: Instant): boolean =>
  lease === undefined || lease.until <= now || (lease.ending && lease.successor === '');

/**
 * Tells the probers which run specs have tasks to ask, and starts those that are not at work. What it told holds as long
 * as no other tick was at work in between: then it is to forget it, and tells all anew.
 */
export function createProbeKeeper({ state, bus, clock, config }: TickDeps) {
  const told = new Map<PathId, string>();
  let lookedAt = Number.NEGATIVE_INFINITY;

  /** True when a mark was written. */
  async function mark(snapshot: Snapshot, workbench: Workbench): Promise<boolean> {
    const instances = workbench.byRunSpec();
    const changed = [...snapshot.runSpecs.keys()]
      .map((runSpec) => ({ runSpec, digest: probedTasksDigest(instances.get(runSpec) ?? []) }))
      .filter(({ runSpec, digest }) => digest !== (told.get(runSpec) ?? ''));
    await pMap(
      changed,
      async (one) => {
        await state.probing.putMark(one);
        if (one.digest === '') told.delete(one.runSpec);
        else told.set(one.runSpec, one.digest);
      },
      { concurrency: WRITES_AT_ONCE },
    );
    return changed.length > 0;
  }

  async function startProbers(): Promise<void> {
    const isFirst = lookedAt === Number.NEGATIVE_INFINITY;
    lookedAt = clock.now();
    const { marks, leases } = await state.probing.list();
    if (marks.length === 0) return;
    const held = new Map(leases.map((lease) => [lease.shard, lease]));
    const shards = Array.from({ length: config.healthShards }, (_, shard) => shard);
    // After a cold start the holder of a lease may have died with everything else: the prober itself waits and sees.
    const missing = shards.filter((shard) => isFirst || needsProber(held.get(shard), clock.now()));
    if (missing.length > 0) await bus.send(missing.map((shard) => probeEntry(config.scheduler, shard)));
  }

  return {
    forget: (): void => told.clear(),
    async keep(snapshot: Snapshot, workbench: Workbench): Promise<void> {
      const marked = await mark(snapshot, workbench);
      if (marked || clock.now() - lookedAt >= LOOK_EVERY) await startProbers();
    },
  };
}

function probeEntry(scheduler: string, shard: number): BusEntry {
  const detail: ProbeDetail = { scheduler, shard };
  return { detailType: PROBE_DETAIL_TYPE, detail: { ...detail } };
}
