import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { afterPlan } from '../../lib/explain/after-plan.ts';
import type { Agent } from '../../lib/model/agent.ts';
import type { Held } from '../../lib/model/held.ts';
import type { ClusterSnapshot } from '../../lib/model/schedule.ts';
import { NO_SLOTS } from '../../lib/model/slots.ts';
import { PlacementMemory } from '../../lib/placement/placement-memory.ts';
import { planSchedule } from '../../lib/placement/plan-schedule.ts';
import { anyLargeSnapshot, anySnapshot, volumeSnapshot } from './cluster-snapshot.ts';
import { type ReferencePlan, referencePlan } from './reference-matcher.ts';

/** `STRIDE_PLACEMENT_CASES=10000` runs as many random cases; a few seconds' worth by default. */
const CASES = Number(process.env['STRIDE_PLACEMENT_CASES'] ?? 400);
const TIMEOUT = 20_000 + 20 * CASES;

/** The engine's plan in the reference's words; its two accounts of refusals must say the same. */
function enginePlan(given: ClusterSnapshot, memory?: PlacementMemory): ReferencePlan {
  const { placements, unplaced } = planSchedule(given, memory);
  return {
    placements: placements.map(({ instance, agent, hostPorts, disks = [], slots = NO_SLOTS }) => ({
      instance,
      agent,
      hostPorts,
      disks,
      slots,
    })),
    unplaced: new Map(
      unplaced.flatMap(({ instances, refusals }) => {
        const listed = Map.groupBy(refusals.list(), ({ rule }) => rule);
        expect(refusals.byRule).toEqual(Object.fromEntries([...listed].map(([rule, list]) => [rule, list.length])));
        return instances.map((instance) => [instance, refusals.byRule] as const);
      }),
    ),
  };
}

/** What may happen between two plans. */
const change = fc.record({
  agent: fc.nat(6),
  kind: fc.constantFrom('nothing', 'ends', 'claims', 'drains', 'goes', 'plan', 'plan', 'stops'),
  cpus: fc.integer({ min: 0, max: 30 }).map((tenths) => tenths / 10),
});

function changed(
  given: ClusterSnapshot,
  { agent: at, kind, cpus }: typeof change extends fc.Arbitrary<infer T> ? T : never,
) {
  const becomes = (to: (agent: Agent) => Agent): ClusterSnapshot => ({
    ...given,
    agents: given.agents.map((agent, index) => (index === at ? to(agent) : agent)),
  });
  switch (kind) {
    case 'nothing':
      return given;
    case 'ends':
      return becomes((agent) => ({ ...agent, held: halfOf(agent.held) }));
    case 'claims':
      return becomes((agent) => ({ ...agent, facts: { ...agent.facts, foreign: { ...agent.facts.foreign, cpus } } }));
    case 'drains':
      return becomes((agent) => ({ ...agent, facts: { ...agent.facts, status: 'DRAINING' } }));
    case 'goes':
      return { ...given, agents: given.agents.filter((_, index) => index !== at) };
    case 'stops': {
      const rest = [...given.instances].map(([id, list]) => [id, list.filter((_, index) => index !== at)] as const);
      return { ...given, instances: new Map(rest) };
    }
    case 'plan':
      return afterPlan(given, planSchedule(given));
  }
}

const halfOf = ({ resources: { cpus, mem, disk, gpus }, hostPorts, disks = [], slots }: Held): Held => ({
  resources: { cpus: cpus / 2, mem: mem / 2, disk: disk / 2, gpus },
  hostPorts: hostPorts.slice(1),
  disks: disks.slice(1),
  ...(slots !== undefined && { slots: { interfaces: 0, attachments: slots.attachments } }),
});

function agree(given: ClusterSnapshot): void {
  expect(enginePlan(given)).toEqual(referencePlan(given));
}

describe('engine and reference matcher agree: same placements, agents, ports and refusals per rule', () => {
  test('small clusters, everything at once', () => {
    fc.assert(fc.property(anySnapshot, agree), { numRuns: CASES });
  });

  test('volumes on the disks of agents', () => {
    fc.assert(fc.property(volumeSnapshot, agree), { numRuns: CASES });
  });

  test('some hundred agents', () => {
    fc.assert(fc.property(anyLargeSnapshot, agree), { numRuns: Math.ceil(CASES / 50) });
  });

  test(
    'a memory kept from plan to plan changes nothing',
    () => {
      fc.assert(
        fc.property(anySnapshot, fc.array(change, { maxLength: 4 }), (first, changes) => {
          const memory = new PlacementMemory();
          let given = first;
          expect(enginePlan(given, memory)).toEqual(enginePlan(given));
          for (const next of changes) {
            given = changed(given, next);
            expect(enginePlan(given, memory)).toEqual(enginePlan(given));
          }
        }),
        { numRuns: CASES },
      );
    },
    TIMEOUT,
  );
});
