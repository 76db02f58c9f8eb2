import { checksAtLaunch, withAllChecks } from '../../lib/health/instance-health.ts';
import { isTerminal } from '../../lib/model/instance.ts';
import type { State } from '../../lib/state/state.ts';
import type { Snapshot } from './snapshot.ts';
import type { Workbench } from './workbench.ts';

/**
 * Gives instances a state of each check of the definition that they run. Those launched by a version of Stride that did
 * not run a check have none: from now on they are asked, and until they answer their health is unknown.
 */
export async function completeChecks(state: State, { runSpecs }: Snapshot, workbench: Workbench): Promise<void> {
  const launched = workbench.all().flatMap((instance) => {
    const { launch, condition } = instance;
    return launch === undefined || isTerminal(condition) ? [] : [{ instance, launch: launch.id }];
  });
  const current = new Map(
    [...runSpecs.values()].flatMap(({ view }) =>
      view.current === undefined ? [] : [[view.current.hash, view.current.spec] as const],
    ),
  );
  const others = launched.map(({ instance }) => instance.runSpecHash).filter((hash) => !current.has(hash));
  const former = others.length === 0 ? undefined : await state.definitions.getSpecs(others);
  for (const { instance, launch } of launched) {
    const spec = current.get(instance.runSpecHash) ?? former?.get(instance.runSpecHash)?.spec;
    if (spec === undefined) continue;
    const checks = checksAtLaunch(spec);
    if (withAllChecks(instance, checks) === instance) continue;
    await workbench.apply(instance.id, { kind: 'completeChecks', launch, checks });
  }
}
