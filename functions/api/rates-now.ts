import type { Instance } from '../../lib/model/instance.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { ClusterSnapshot, SchedulePlan } from '../../lib/model/schedule.ts';
import { type LaunchRate, launchRates } from '../../lib/queue/launch-rate.ts';
import type { ApiDeps } from './deps.ts';

/** When the placements of a plan are launched, by what the lease tells of our ECS calls and what was launched since. */
export async function ratesNow(
  { state, clock, config }: ApiDeps,
  { instances }: Pick<ClusterSnapshot, 'instances'>,
  { placements }: SchedulePlan,
): Promise<ReadonlyMap<PathId, LaunchRate>> {
  const { calls } = await state.coordination.readLease();
  const isSince = ({ stagedAt = 0 }: Instance): boolean => calls !== undefined && stagedAt >= calls.at;
  const spent = [...instances.values()].reduce((sum, all) => sum + all.filter(isSince).length, 0);
  const left = calls === undefined ? undefined : { ...calls, tokens: calls.tokens - spent };
  return launchRates(placements, left, config.ecsCalls, clock.now());
}
