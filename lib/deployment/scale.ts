import { isHealthy } from '../health/instance-health.ts';
import type { Constraint } from '../model/constraint.ts';
import type { InstanceId } from '../model/ids.ts';
import type { Condition, Instance } from '../model/instance.ts';
import type { KillSelection } from '../model/run-spec.ts';
import { chooseEvenly } from './even-victims.ts';

/** What brings a run spec to a count: new instances to make, and whom to let go. */
export interface ScalingProposition {
  readonly create: number;
  readonly decommission: readonly InstanceId[];
}

/** Who goes first by condition (deployments.md §5); everything not named goes last. */
const KILL_ORDER: readonly Condition[] = ['Unreachable', 'Staging', 'Starting', 'Running'];

function rank(condition: Condition): number {
  const index = KILL_ORDER.indexOf(condition);
  return index < 0 ? KILL_ORDER.length : index;
}

/** Age as kill selection sees it; an instance without the time it needs goes first. */
function ageKey(instance: Instance): number | undefined {
  if (instance.condition === 'Staging') return instance.stagedAt;
  if (instance.condition === 'Starting') return instance.since;
  return instance.activeSince;
}

function byKillOrder(selection: KillSelection): (a: Instance, b: Instance) => number {
  return (a, b) => {
    const byCondition = rank(a.condition) - rank(b.condition);
    if (byCondition !== 0) return byCondition;
    const [ageA, ageB] = [ageKey(a), ageKey(b)];
    if (ageA === undefined || ageB === undefined) {
      if (ageA !== ageB) return ageA === undefined ? -1 : 1;
    } else if (ageA !== ageB) {
      return selection === 'YOUNGEST_FIRST' ? ageB - ageA : ageA - ageB;
    }
    return a.id < b.id ? 1 : -1;
  };
}

/** Who goes first, among those that may go. */
export interface VictimOrder {
  readonly selection: KillSelection;
  /** Those that are not healthy first; Marathon does not look (deployments.md §5). */
  readonly spareHealthy: boolean;
  /** Of the run spec: the groups of each GROUP_BY are kept even. */
  readonly constraints: readonly Constraint[];
}

function partition<T>(items: readonly T[], holds: (item: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [items.filter(holds), items.filter((item) => !holds(item))];
}

/** Counts for scale: wanted and not given up as unreachable (Scheduled ones count). */
export const isCounted = (instance: Instance): boolean =>
  instance.goal === 'Running' && instance.condition !== 'UnreachableInactive';

/**
 * Marathon's ScalingProposition (deployments.md §5). The `sentenced` go in any case and before all others, and are
 * replaced where the target asks for it.
 */
export function proposeScaling(
  instances: readonly Instance[],
  target: number,
  order: VictimOrder,
  sentenced: readonly InstanceId[] = [],
): ScalingProposition {
  const named = new Set(sentenced);
  const [condemned, others] = partition(instances.filter(isCounted), ({ id }) => named.has(id));
  const missing = target - others.length;
  const surplus = missing < 0 ? chooseSurplus(others, -missing, order) : [];
  return { create: Math.max(0, missing), decommission: [...condemned, ...surplus].map(({ id }) => id) };
}

function chooseSurplus(
  instances: readonly Instance[],
  count: number,
  { selection, spareHealthy, constraints }: VictimOrder,
): readonly Instance[] {
  const inOrder = instances.toSorted(byKillOrder(selection));
  const [healthy, unwell] = spareHealthy ? partition(inOrder, isHealthy) : [inOrder, []];
  if (count <= unwell.length) return victimsAmong(unwell, healthy, count, constraints);
  return [...unwell, ...victimsAmong(healthy, [], count - unwell.length, constraints)];
}

/** The constraint step first; those it leaves open go in the given order. */
function victimsAmong(
  inOrder: readonly Instance[],
  others: readonly Instance[],
  count: number,
  constraints: readonly Constraint[],
): readonly Instance[] {
  if (count >= inOrder.length) return inOrder;
  const chosen = new Set(chooseEvenly(inOrder, others, count, constraints));
  const rest = inOrder.filter((instance) => !chosen.has(instance));
  return [...chosen, ...rest.slice(0, count - chosen.size)];
}
