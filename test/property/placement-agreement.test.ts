import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClusterSnapshot } from '../../lib/model/schedule.ts';
import { planSchedule } from '../../lib/placement/plan-schedule.ts';
import { anyLargeSnapshot, anySnapshot } from './cluster-snapshot.ts';
import { type ReferencePlan, referencePlan } from './reference-matcher.ts';

/** `STRIDE_PLACEMENT_CASES=10000` runs as many random cases; a few seconds' worth by default. */
const CASES = Number(process.env['STRIDE_PLACEMENT_CASES'] ?? 1_000);

/** The engine's plan in the reference's words; its two accounts of refusals must say the same. */
function enginePlan(given: ClusterSnapshot): ReferencePlan {
  const { placements, unplaced } = planSchedule(given);
  return {
    placements: placements.map(({ instance, agent, hostPorts }) => ({ instance, agent, hostPorts })),
    unplaced: new Map(
      unplaced.flatMap(({ instances, refusals }) => {
        const listed = Map.groupBy(refusals.list(), ({ rule }) => rule);
        expect(refusals.byRule).toEqual(Object.fromEntries([...listed].map(([rule, list]) => [rule, list.length])));
        return instances.map((instance) => [instance, refusals.byRule] as const);
      }),
    ),
  };
}

function agree(given: ClusterSnapshot): void {
  expect(enginePlan(given)).toEqual(referencePlan(given));
}

describe('engine and reference matcher agree: same placements, agents, ports and refusals per rule', () => {
  test('small clusters, everything at once', () => {
    fc.assert(fc.property(anySnapshot, agree), { numRuns: CASES });
  });

  test('some hundred agents', () => {
    fc.assert(fc.property(anyLargeSnapshot, agree), { numRuns: Math.ceil(CASES / 50) });
  });
});
