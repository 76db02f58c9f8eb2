import { type Instance, type InstanceAgent, isLost, isScheduled } from '../model/instance.ts';
import type { RunSpec } from '../model/run-spec.ts';

/** An instance whose agent the constraints of its run spec count. */
export type PlacedInstance = Instance & { readonly agent: InstanceAgent };

/**
 * Whether an instance constrains where another of its run spec may go (scheduling.md §2.4): not those of an older
 * configuration, not the lost ones, and not those that wait themselves, unless they hold a reservation (design §8),
 * which is where they will go. Terminal ones that are not wanted any more and UnreachableInactive ones do count.
 */
export function countsAsPlaced(instance: Instance, spec: RunSpec): instance is PlacedInstance {
  if (instance.agent === undefined || instance.configVersion < spec.versionInfo.lastConfigChangeAt) return false;
  if (isScheduled(instance) || instance.condition === 'Scheduled') return instance.reservation !== undefined;
  return !isLost(instance.condition);
}
