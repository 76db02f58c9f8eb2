import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countsAsPlaced } from '../../lib/constraints/counts-as-placed.ts';
import { fieldValue } from '../../lib/constraints/field-value.ts';
import { afterPlan } from '../../lib/explain/after-plan.ts';
import type { Agent } from '../../lib/model/agent.ts';
import type { Constraint } from '../../lib/model/constraint.ts';
import { toInstanceId } from '../../lib/model/ids.ts';
import type { Resources } from '../../lib/model/resources.ts';
import type { RunSpec } from '../../lib/model/run-spec.ts';
import type { ClusterSnapshot, SchedulePlan } from '../../lib/model/schedule.ts';
import { planSchedule } from '../../lib/placement/plan-schedule.ts';
import { anAgent } from '../fixtures/an-agent.ts';
import { anApp } from '../fixtures/an-app.ts';
import { aScheduledInstance } from '../fixtures/an-instance.ts';
import { clusterSnapshot, RACKS } from './cluster-snapshot.ts';

const RUNS = { numRuns: 250 };
function total(amounts: readonly Resources[], resource: keyof Resources): number {
  return amounts.reduce((sum, each) => sum + each[resource], 0);
}

/** A plan with its refusals written out. */
function written({ placements, unplaced }: SchedulePlan) {
  return {
    placements,
    unplaced: unplaced.map(({ refusals, ...rest }) => ({ ...rest, byRule: refusals.byRule, list: refusals.list() })),
  };
}

/** The agents of a plan with what they would hold once it is carried out. */
function loads({ agents: all }: ClusterSnapshot, { placements }: SchedulePlan) {
  return all.map((agent) => {
    const placed = placements.filter((placement) => placement.agent === agent.facts.id);
    return {
      agent,
      placed,
      held: [agent.held.resources, ...placed.map((each) => each.resources)],
    };
  });
}

const siteOf = ({ facts, host }: Agent) => ({ ...facts, host: host.host });

/** Values of a field per placed instance of a spec: those counted before the plan, then those of the plan, in order. */
function values(given: ClusterSnapshot, plan: SchedulePlan, spec: RunSpec, field: string) {
  const before = (given.instances.get(spec.id) ?? [])
    .filter((instance) => countsAsPlaced(instance, spec))
    .map(({ agent }) => (agent === undefined ? undefined : fieldValue(agent, field)));
  const added = plan.placements
    .filter((placement) => placement.runSpec === spec.id)
    .map((placement) => {
      const agent = given.agents.find(({ facts }) => facts.id === placement.agent);
      return agent === undefined ? undefined : fieldValue(siteOf(agent), field);
    });
  return { before, added };
}

const count = <T>(list: readonly T[], value: T): number => list.filter((each) => each === value).length;

/** Says again, plainly, what each operator promises of one more value beside those there are. */
function allows(
  { operator, value = '' }: Constraint,
  spec: RunSpec,
  there: readonly (string | undefined)[],
  added: string | undefined,
) {
  if (added === undefined) return operator === 'UNLIKE';
  const size = count(there, added);
  switch (operator) {
    case 'UNIQUE':
      return size === 0;
    case 'MAX_PER':
      return size < Number(value) || size === 0;
    case 'CLUSTER':
      return value === '' ? there.length === 0 || there[0] === added : added === value;
    case 'LIKE':
    case 'IS':
      return added === value;
    case 'UNLIKE':
      return added !== value;
    case 'GROUP_BY':
      return value === '' || groupAllows(Number(value), spec.instances, there, added);
  }
}

function groupAllows(groups: number, wanted: number, there: readonly (string | undefined)[], added: string): boolean {
  const sizes = [...Map.groupBy(there, (each) => each).values()].map((group) => group.length);
  if (!there.includes(added)) return sizes.length < groups;
  const base = Math.floor(wanted / groups);
  const beyond = sizes.reduce((sum, size) => sum + Math.max(0, size - base), 0);
  const size = count(there, added);
  return size < base || (size === base && beyond < wanted % groups);
}

describe('planSchedule', () => {
  test('over-commits no agent in cpus, mem, disk or gpus', () => {
    fc.assert(
      fc.property(clusterSnapshot, (given) => {
        for (const { agent, placed, held } of loads(given, planSchedule(given))) {
          for (const resource of ['cpus', 'mem', 'disk', 'gpus'] as const) {
            if (
              total(
                placed.map((each) => each.resources),
                resource,
              ) === 0
            )
              continue;
            const usable = agent.facts.registered[resource] - agent.facts.foreign[resource];
            expect(total(held, resource)).toBeLessThanOrEqual(usable + 1e-6);
          }
        }
      }),
      RUNS,
    );
  });

  test('gives each host port of an agent to one launch, and as many as the spec asks for', () => {
    fc.assert(
      fc.property(clusterSnapshot, (given) => {
        const specs = new Map(given.pending.map(({ spec }) => [spec.id, spec]));
        for (const { agent, placed } of loads(given, planSchedule(given))) {
          const holders = [agent.held, ...placed].map(({ hostPorts }) => new Set(hostPorts));
          const taken = placed.flatMap(({ hostPorts }) => hostPorts);
          for (const port of taken) {
            const mine = !agent.held.hostPorts.includes(port);
            expect([port, mine, holders.filter((ports) => ports.has(port)).length]).toEqual([port, true, 1]);
          }
          for (const { runSpec, hostPorts } of placed) {
            const spec = specs.get(runSpec);
            const wished = spec?.kind === 'app' ? spec.portDefinitions.map(({ port }) => port) : [];
            expect(
              hostPorts.map((port, index) => (wished[index] === 0 ? port >= 31_000 && port <= 31_004 : port)),
            ).toEqual(wished.map((port) => (port === 0 ? true : port)));
          }
        }
      }),
      RUNS,
    );
  });

  test('puts every pending instance in exactly one list, with a rejection for every agent when unplaced', () => {
    fc.assert(
      fc.property(clusterSnapshot, (given) => {
        const { placements, unplaced } = planSchedule(given);
        const ids = [...placements.map(({ instance }) => instance), ...unplaced.flatMap(({ instances }) => instances)];
        expect(ids.sort()).toEqual(given.pending.map(({ instance }) => instance.id).sort());
        const all = given.agents.map(({ facts }) => facts.id).sort();
        for (const { refusals } of unplaced) expect(refusals.list().map(({ agent }) => agent)).toEqual(all);
      }),
      RUNS,
    );
  });

  test('violates no constraint with any placement', () => {
    fc.assert(
      fc.property(clusterSnapshot, (given) => {
        const plan = planSchedule(given);
        for (const spec of new Set(given.pending.map((launch) => launch.spec))) {
          for (const constraintOfSpec of spec.constraints) {
            const { before, added } = values(given, plan, spec, constraintOfSpec.field);
            for (const [index, value] of added.entries()) {
              expect(allows(constraintOfSpec, spec, [...before, ...added.slice(0, index)], value)).toBe(true);
            }
          }
        }
      }),
      RUNS,
    );
  });

  test('keeps the groups of GROUP_BY level at every prefix', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...RACKS), { minLength: 1, maxLength: 6 }), fc.nat(20), (racks, wanted) => {
        const field = 'rack';
        const spec = anApp({
          instances: wanted,
          resources: { cpus: 0.1, mem: 1, disk: 0, gpus: 0 },
          constraints: [{ field, operator: 'GROUP_BY' }],
        });
        const all = racks.map((rack, i) => anAgent({ id: `i-${i}`, facts: { attributes: { rack } } }));
        const pending = Array.from({ length: wanted }, (_, i) => ({
          instance: aScheduledInstance({ id: toInstanceId(spec.id, `w${i}`) }),
          spec,
          replacement: false,
        }));
        const given = { localRegion: 'local', ranking: 'binpack' as const, agents: all, pending, instances: new Map() };
        const { added } = values(given, planSchedule(given), spec, field);
        expect(added).toHaveLength(wanted);
        for (let n = 1; n <= wanted; n += 1) {
          const sizes = [...new Set(racks)].map((rack) => count(added.slice(0, n), rack));
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        }
      }),
      RUNS,
    );
  });

  test('is equal for equal input, in any order of the agents', () => {
    fc.assert(
      fc.property(clusterSnapshot, (given) => {
        const plan = written(planSchedule(given));
        expect(written(planSchedule(structuredClone(given)))).toEqual(plan);
        expect(written(planSchedule({ ...given, agents: given.agents.toReversed() }))).toEqual(plan);
      }),
      RUNS,
    );
  });

  test('leaves nothing unplaced that a second look at its own result would place', () => {
    fc.assert(
      fc.property(clusterSnapshot, (given) => {
        const plan = planSchedule(given);
        fc.pre(plan.unplaced.length > 0);
        expect(planSchedule(afterPlan(given, plan)).placements).toEqual([]);
      }),
      RUNS,
    );
  });
});
