import * as z from 'zod';
import type { ClusterQuery, QueriedInstance } from './cluster-query.ts';
import { usageOf } from './resources.ts';

/** A rule by which RunTask chooses among the container instances that can take a task. */
export const placementStrategy = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('random') }),
  z.strictObject({
    type: z.literal('spread'),
    field: z.string().regex(/^(instanceId|host|attribute:.+)$/, 'must be instanceId, host or attribute:NAME'),
  }),
  z.strictObject({ type: z.literal('binpack'), field: z.string().regex(/^(cpu|memory)$/i, 'must be cpu or memory') }),
]);

export type PlacementStrategy = z.infer<typeof placementStrategy>;

export interface PlacementRules {
  /** Task group of the launch: what is spread, and kept on distinct instances. */
  readonly group: string;
  readonly memberOf: readonly ClusterQuery[];
  readonly distinctInstance: boolean;
}

/** ECS's words for an instance that the constraints rule out; undefined when they do not. */
export function refuseByConstraints(candidate: QueriedInstance, rules: PlacementRules): string | undefined {
  if (!rules.memberOf.every((query) => query(candidate))) return 'MemberOf placement constraint unsatisfied.';
  const active = candidate.live.some((task) => task.group === rules.group && task.desiredStatus === 'RUNNING');
  return rules.distinctInstance && active ? 'DistinctInstance placement constraint unsatisfied.' : undefined;
}

/**
 * The best candidate by the strategies in their order; those it leaves equal are drawn from at random, as ECS does
 * without a strategy. `random` is from 0 up to 1.
 */
export function choose<Candidate extends QueriedInstance>(
  candidates: readonly Candidate[],
  strategies: readonly PlacementStrategy[],
  group: string,
  random: () => number,
): Candidate | undefined {
  const best = strategies.reduce((left, strategy) => keepLowest(left, scoreBy(strategy, left, group)), candidates);
  return best[Math.floor(random() * best.length)];
}

function keepLowest<Candidate>(candidates: readonly Candidate[], score: (candidate: Candidate) => number): Candidate[] {
  const lowest = Math.min(...candidates.map(score));
  return candidates.filter((candidate) => score(candidate) === lowest);
}

function scoreBy(
  strategy: PlacementStrategy,
  candidates: readonly QueriedInstance[],
  group: string,
): (candidate: QueriedInstance) => number {
  switch (strategy.type) {
    case 'random':
      return () => 0;
    case 'binpack': {
      const field = strategy.field.toLowerCase() === 'cpu' ? 'cpu' : 'memory';
      return ({ instance, live }) => instance.registered[field] - usageOf(live)[field];
    }
    case 'spread': {
      const placeOf = ({ instance }: QueriedInstance) => {
        const attribute = /^attribute:(.+)$/.exec(strategy.field)?.[1];
        return attribute === undefined ? instance.arn : (instance.attributes[attribute] ?? '');
      };
      const counts = new Map<string, number>();
      for (const each of candidates) {
        const tasks = each.live.filter((task) => task.group === group).length;
        counts.set(placeOf(each), (counts.get(placeOf(each)) ?? 0) + tasks);
      }
      return (candidate) => counts.get(placeOf(candidate)) ?? 0;
    }
  }
}
