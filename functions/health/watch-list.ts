import pMap from 'p-map';
import { StoreUnavailable } from '../../lib/gateways/store.ts';
import { isProbedTask, probedTask, shardOf } from '../../lib/health/probed-tasks.ts';
import type { InstanceId } from '../../lib/model/ids.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import type { ProbeMark } from '../../lib/state/probing.ts';
import type { Takeover, WatchDeps } from './deps.ts';
import { type Watch, watchInstance } from './watch-instance.ts';

const READS_AT_ONCE = 8;
/** A run spec whose mark has not changed is read again after this long all the same. Milliseconds. */
const READ_AGAIN = 120_000;

/** What is known of one run spec with tasks to ask. */
interface Followed {
  readonly digest: string;
  readonly readAt: Instant;
  readonly watches: Map<InstanceId, Watch>;
}

/** The tasks of one shard that are asked, kept in step with the marks that the tick makes. */
export function createWatchList(deps: WatchDeps, shard: number, takeover: Takeover) {
  const { state, clock, log, shards } = deps;
  const followed = new Map<PathId, Followed>();

  /** Watches exactly those instances of a run spec that are to be asked and belong to this shard. */
  async function follow({ runSpec, digest }: ProbeMark): Promise<void> {
    const readAt = clock.now();
    const stored = await state.instances.list(runSpec);
    const asked = stored.filter(({ value }) => isProbedTask(value));
    const ours = asked.filter(({ value }) => shardOf(value, shards) === shard);
    const specs = await state.definitions.getSpecs(ours.map(({ value }) => value.runSpecHash));
    const watches = followed.get(runSpec)?.watches ?? new Map<InstanceId, Watch>();
    const present = new Map(ours.map(({ value }) => [value.id, probedTask(value)]));
    for (const [id, watch] of watches) {
      if (present.get(id) === watch.task) continue;
      watches.delete(id);
      watch.dismiss();
    }
    for (const one of ours) {
      const spec = specs.get(one.value.runSpecHash)?.spec;
      if (spec?.kind === 'app' && !watches.has(one.value.id))
        watches.set(one.value.id, watchInstance(deps, one, spec, takeover));
    }
    followed.set(runSpec, { digest, readAt, watches });
    if (asked.length === 0 && (await state.probing.removeMark({ runSpec, digest }))) followed.delete(runSpec);
  }

  function forget(runSpec: PathId): void {
    for (const watch of followed.get(runSpec)?.watches.values() ?? []) watch.dismiss();
    followed.delete(runSpec);
  }

  return {
    /** Reads what has changed. True when some run spec has tasks to ask, in whatever shard. */
    async refresh(): Promise<boolean> {
      const { marks } = await state.probing.list();
      const named = new Set(marks.map(({ runSpec }) => runSpec));
      for (const runSpec of followed.keys()) if (!named.has(runSpec)) forget(runSpec);
      const changed = marks.filter(({ runSpec, digest }) => {
        const known = followed.get(runSpec);
        return known?.digest !== digest || clock.now() - known.readAt >= READ_AGAIN;
      });
      await pMap(
        changed,
        async (mark) => {
          try {
            await follow(mark);
          } catch (error) {
            if (error instanceof StoreUnavailable) throw error;
            log.error('run spec quarantined', error, { runSpec: mark.runSpec });
          }
        },
        { concurrency: READS_AT_ONCE },
      );
      return followed.size > 0;
    },
  };
}
