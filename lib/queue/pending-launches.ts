import { launchObstacles } from '../launch/launch-obstacles.ts';
import { type Instance, isScheduled, isTerminal } from '../model/instance.ts';
import type { Backoff } from '../model/launch-queue.ts';
import type { PathId } from '../model/path-id.ts';
import type { AppSpec, RunSpec } from '../model/run-spec.ts';
import type { PendingLaunch } from '../model/schedule.ts';
import type { Instant } from '../model/timestamp.ts';
import { launchAllowedAt } from './launch-delay.ts';

/** Instances that may be launched now, in the given order, and the end of the next delay of the others. */
export interface Launchable {
  readonly instances: readonly Instance[];
  readonly dueAt: Instant | undefined;
}

/** Of some instances those that wait for a launch and whose delay is over. `isWanted`: a definition wants the run spec. */
export function launchable(
  all: readonly Instance[],
  isWanted: (runSpec: PathId) => boolean,
  backoffOf: (runSpec: PathId) => Backoff | undefined,
  now: Instant,
): Launchable {
  const instances: Instance[] = [];
  let dueAt: Instant | undefined;
  for (const instance of all) {
    if (!isWanted(instance.runSpec) || !isScheduled(instance) || isTerminal(instance.condition)) continue;
    const allowedAt = launchAllowedAt(backoffOf(instance.runSpec));
    if (allowedAt === undefined || allowedAt <= now) instances.push(instance);
    else dueAt = Math.min(dueAt ?? allowedAt, allowedAt);
  }
  return { instances, dueAt };
}

const canLaunch = (spec: RunSpec): spec is AppSpec => spec.kind === 'app' && launchObstacles(spec).length === 0;

/**
 * Each instance with the definition that it was made from: until a deployment replaces it, it runs as that version.
 * Those that this version of Stride cannot launch as asked wait on; `launchObstacles` says why.
 */
export function pendingLaunches(
  instances: readonly Instance[],
  specOf: (instance: Instance) => RunSpec | undefined,
): readonly PendingLaunch<AppSpec>[] {
  return instances.flatMap((instance) => {
    const spec = specOf(instance);
    return spec !== undefined && canLaunch(spec) ? [{ instance, spec, replacement: instance.incarnation > 0 }] : [];
  });
}
