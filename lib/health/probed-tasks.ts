import { contentHash } from '../model/content-hash.ts';
import type { Instance } from '../model/instance.ts';
import { stableFraction } from './schedule.ts';

/** Whether the prober asks this instance's task: it runs, is wanted, and has a check that is asked from outside. */
export const isProbedTask = ({ goal, condition, health, readiness, check }: Instance): boolean =>
  goal === 'Running' &&
  condition === 'Running' &&
  (readiness.length > 0 ||
    [...health, ...(check === undefined ? [] : [check])].some(({ container }) => container === undefined));

/** Names a task with the ports at which it is asked, and how many checks it has. */
export const probedTask = ({ id, launch, hostPorts, health, readiness, check }: Instance): string =>
  `${id} ${launch?.id ?? ''} ${hostPorts.join(',')} ${health.length + readiness.length + (check === undefined ? 0 : 1)}`;

/** Changes whenever other tasks are to be asked. Empty: none. */
export function probedTasksDigest(instances: readonly Instance[]): string {
  const tasks = instances.filter(isProbedTask).map(probedTask);
  return tasks.length === 0 ? '' : contentHash(tasks.toSorted());
}

/** Which of the probers asks an instance. */
export const shardOf = ({ id }: Pick<Instance, 'id'>, shards: number): number =>
  Math.floor(stableFraction(id) * shards);
