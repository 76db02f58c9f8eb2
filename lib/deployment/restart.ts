import { hasBecomeHealthy, isHealthy } from '../health/instance-health.ts';
import type { InstanceId } from '../model/ids.ts';
import { type Instance, isScheduled } from '../model/instance.ts';
import type { RunSpec, UpgradeStrategy } from '../model/run-spec.ts';
import { hasLetGo } from './has-let-go.ts';
import { isCounted, type ScalingProposition } from './scale.ts';

export interface RestartBounds {
  readonly minHealthy: number;
  readonly maxCapacity: number;
}

/**
 * The bounds of Marathon's computeRestartStrategy (deployments.md §4.1), in plain IEEE doubles. `healthy`: instances
 * with goal Running that are considered healthy, old and new. Where there is nowhere to go, one extra is allowed.
 */
export function restartBounds(target: number, healthy: number, strategy: UpgradeStrategy): RestartBounds {
  const minHealthy = Math.ceil(target * strategy.minimumHealthCapacity);
  const maxCapacity = Math.trunc(target * (1 + strategy.maximumOverCapacity));
  const stuck = minHealthy === maxCapacity && maxCapacity <= healthy;
  return { minHealthy, maxCapacity: stuck ? maxCapacity + 1 : maxCapacity };
}

/** Takes capacity: wanted, or not let go yet. One out of reach counts as gone once it is no longer wanted. */
const isAlive = (instance: Instance): boolean => instance.goal === 'Running' || !hasLetGo(instance);

/** The healthy ones before the others or after them, each in their order. */
function byHealth(instances: readonly Instance[], first: 'healthy' | 'unhealthy'): readonly Instance[] {
  const healthy = instances.filter(isHealthy);
  if (healthy.length === instances.length) return instances;
  const unhealthy = instances.filter((instance) => !isHealthy(instance));
  return first === 'healthy' ? [...healthy, ...unhealthy] : [...unhealthy, ...healthy];
}

/** What a rolling replacement works towards. */
interface Replacement {
  readonly target: number;
  readonly bounds: RestartBounds;
  /** To be replaced: of another version, or on an agent that is to be emptied. */
  readonly isOld: (instance: Instance) => boolean;
}

/** How many old instances may go: what is healthy beyond the minimum, and one for each new one that is ready. */
function killable(old: readonly Instance[], newHealthy: number, healthy: number, minHealthy: number, target: number) {
  const keep = Math.max(0, target - newHealthy);
  return Math.max(healthy - minHealthy, old.length - keep, 0);
}

/** Wanted and considered healthy, of any version. */
export const countHealthy = (instances: readonly Instance[]): number =>
  instances.filter((instance) => instance.goal === 'Running' && isHealthy(instance)).length;

/**
 * The next moves of a rolling replacement, computed from what is there, so that it can be asked again at any moment
 * (deployments.md §4). Old instances that do not run go at once, then unhealthy ones first; never does a move of ours
 * leave fewer healthy ones than the minimum or more alive than the maximum.
 */
function proposeReplacement(
  instances: readonly Instance[],
  { target, bounds: { minHealthy, maxCapacity }, isOld }: Replacement,
): ScalingProposition {
  const wanted = instances.filter((instance) => instance.goal === 'Running');
  const current = wanted.filter((instance) => !isOld(instance));
  const old = wanted.filter(isOld);
  const waiting = old.filter(isScheduled);
  const running = old.filter((instance) => !isScheduled(instance));
  const unhealthyFirst = byHealth(running, 'unhealthy');
  let kills = killable(running, countHealthy(current), countHealthy(wanted), minHealthy, target);
  const alive = instances.filter(isAlive).length - waiting.length;
  const missing = Math.max(0, target - current.length);
  const surplus = byHealth(current, 'healthy').slice(target);
  const create = Math.min(missing, Math.max(0, maxCapacity - alive));
  const dying = instances.some((instance) => instance.goal !== 'Running' && isAlive(instance));
  const [first] = unhealthyFirst;
  // No room and nobody may go: an old one that is not healthy makes room, since it counts for no minimum.
  if (missing > 0 && create === 0 && kills === 0 && !dying && first !== undefined && !isHealthy(first)) kills = 1;
  return {
    create,
    decommission: [...waiting, ...unhealthyFirst.slice(0, kills), ...surplus].map((instance) => instance.id),
  };
}

/** The next moves of a rolling restart. `leaving`: instances on agents that are to be emptied, old in any version. */
export function proposeRestart(
  instances: readonly Instance[],
  spec: RunSpec,
  leaving: ReadonlySet<InstanceId> = new Set(),
): ScalingProposition {
  return proposeReplacement(instances, {
    target: spec.instances,
    bounds: restartBounds(spec.instances, countHealthy(instances), spec.upgradeStrategy),
    isOld: ({ id, runSpecVersion }) => runSpecVersion !== spec.version || leaving.has(id),
  });
}

/**
 * The next moves that empty agents: a replacement runs before the one that leaves is let go. Only where the upgrade
 * strategy has no room above the target and allows fewer, those that leave go first.
 */
export function proposeMoving(
  instances: readonly Instance[],
  target: number,
  { upgradeStrategy }: RunSpec,
  leaving: ReadonlySet<InstanceId>,
): ScalingProposition {
  const bounds = restartBounds(target, countHealthy(instances), upgradeStrategy);
  const minHealthy = bounds.maxCapacity > target ? target : bounds.minHealthy;
  const notGivenUp = instances.filter((instance) => instance.goal !== 'Running' || isCounted(instance));
  return proposeReplacement(notGivenUp, {
    target,
    bounds: { ...bounds, minHealthy },
    isOld: ({ id }) => leaving.has(id),
  });
}

/** Done: every new instance has become healthy and ready, none of the old left (deployments.md §4.2, step 7). */
export function isRestarted(instances: readonly Instance[], spec: RunSpec): boolean {
  const ready = instances.filter(
    (instance) => instance.runSpecVersion === spec.version && instance.goal === 'Running' && hasBecomeHealthy(instance),
  );
  const oldLeft = instances.some((instance) => instance.runSpecVersion !== spec.version && isAlive(instance));
  return ready.length === spec.instances && !oldLeft;
}
