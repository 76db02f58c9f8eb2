import pMap from 'p-map';
import { checksAtLaunch, withAllChecks } from '../../lib/health/instance-health.ts';
import { isTerminal } from '../../lib/model/instance.ts';
import type { State } from '../../lib/state/state.ts';
import { readableSpecs } from './readable-specs.ts';
import type { Snapshot } from './snapshot.ts';
import type { Workbench } from './workbench.ts';

const WRITES_AT_ONCE = 16;

/**
 * Gives instances a state of each check of the definition that they run. Those launched by a version of Stride that did
 * not run a check have none: from now on they are asked, and until they answer their health is unknown.
 */
export async function completeChecks(state: State, { runSpecs }: Snapshot, workbench: Workbench): Promise<void> {
  const launched = workbench.all().flatMap((instance) => {
    const { launch, condition, runSpecHash } = instance;
    return launch === undefined || isTerminal(condition) ? [] : [{ instance, launch: launch.id, hash: runSpecHash }];
  });
  const byHash = Map.groupBy(launched, ({ hash }) => hash);
  const current = [...runSpecs.values()].flatMap(({ view }) => view.current ?? []);
  const specs = new Map(current.map(({ hash, spec }) => [hash, spec]));
  const others = [...byHash.keys()].filter((hash) => !specs.has(hash));
  for (const [hash, { spec }] of await readableSpecs(state, others)) specs.set(hash, spec);
  const incomplete = [...byHash].flatMap(([hash, instances]) => {
    const spec = specs.get(hash);
    if (spec === undefined) return [];
    const checks = checksAtLaunch(spec);
    return instances
      .filter(({ instance }) => withAllChecks(instance, checks) !== instance)
      .map(({ instance: { id }, launch }) => ({ id, launch, checks }));
  });
  await pMap(incomplete, ({ id, launch, checks }) => workbench.apply(id, { kind: 'completeChecks', launch, checks }), {
    concurrency: WRITES_AT_ONCE,
  });
}
