import type { Instance } from '../../../lib/model/instance.ts';
import type { AppSpec } from '../../../lib/model/run-spec.ts';
import type { Instant } from '../../../lib/model/timestamp.ts';
import { given } from '../../../lib/schema/given.ts';
import { countTasks, hasTask } from './task-counts.ts';

function lifeTimeOf(instances: readonly Instance[], now: Instant) {
  const seconds = instances
    .flatMap(({ startedAt }) => (startedAt === undefined ? [] : [(now - startedAt) / 1000]))
    .sort((a, b) => a - b);
  const median = seconds[Math.floor(seconds.length / 2)];
  if (median === undefined) return undefined;
  return { averageSeconds: seconds.reduce((sum, one) => sum + one, 0) / seconds.length, medianSeconds: median };
}

function statsOf(instances: readonly Instance[], now: Instant) {
  const counted = instances.filter(hasTask);
  if (counted.length === 0) return undefined;
  return { stats: given({ counts: countTasks(counted), lifeTime: lifeTimeOf(counted, now) }) };
}

/** Statistics by age of the instances' configuration; a group without tasks is left out (responses.md §5). */
export function presentTaskStats({ versionInfo }: AppSpec, instances: readonly Instance[], now: Instant) {
  const since = (version: string): readonly Instance[] => instances.filter((one) => one.runSpecVersion >= version);
  const outdated = instances.filter((one) => one.runSpecVersion < versionInfo.lastConfigChangeAt);
  return given({
    startedAfterLastScaling: statsOf(since(versionInfo.lastScalingAt), now),
    withLatestConfig: statsOf(since(versionInfo.lastConfigChangeAt), now),
    withOutdatedConfig: statsOf(outdated, now),
    totalSummary: statsOf(instances, now),
  });
}
