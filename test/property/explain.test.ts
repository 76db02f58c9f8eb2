import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { afterPlan } from '../../lib/explain/after-plan.ts';
import { explainUnplaced, type NearAgent } from '../../lib/explain/explain-unplaced.ts';
import { lackingCapacity } from '../../lib/explain/lacking-capacity.ts';
import type { Agent } from '../../lib/model/agent.ts';
import type { ClusterSnapshot } from '../../lib/model/schedule.ts';
import { planSchedule } from '../../lib/placement/plan-schedule.ts';
import { anySnapshot, clusterSnapshot } from './cluster-snapshot.ts';

/** Each entry of the plan's unplaced with its explanation. */
function explained(snapshot: ClusterSnapshot) {
  const agents = new Map(snapshot.agents.map((agent) => [agent.facts.id, agent]));
  const plan = planSchedule(snapshot);
  return plan.unplaced.flatMap((unplaced) => {
    const launch = snapshot.pending.find(({ instance }) => instance.id === unplaced.instances[0]);
    return launch === undefined
      ? []
      : [{ unplaced, plan, explanation: explainUnplaced(unplaced, launch.spec, agents) }];
  });
}

const AMOUNTS = new Set(['cpus', 'mem', 'disk', 'gpus']);
/** The snapshot with the agent as large as the lacks ask for. */
function cured(snapshot: ClusterSnapshot, { agent: id, lacks }: NearAgent): ClusterSnapshot {
  const grown = (agent: Agent): Agent => {
    const registered = { ...agent.facts.registered };
    for (const { rule, detail } of lacks) {
      const missing = Number(detail['needed']) - Number(detail['free']);
      if (rule === 'cpus' || rule === 'mem' || rule === 'disk' || rule === 'gpus') registered[rule] += missing;
    }
    return { ...agent, facts: { ...agent.facts, registered } };
  };
  return { ...snapshot, agents: snapshot.agents.map((agent) => (agent.facts.id === id ? grown(agent) : agent)) };
}

describe('explanations are true', () => {
  test('the funnel is the count of first refusals, and the nearest are among the refusing', () => {
    fc.assert(
      fc.property(anySnapshot, (snapshot) => {
        for (const { unplaced, explanation } of explained(snapshot)) {
          const { funnel, nearest, agents } = explanation;
          const declined = funnel.filter((row) => row.declined > 0).map((row) => [row.rule, row.declined] as const);
          expect(Object.fromEntries(declined)).toEqual(unplaced.refusals.byRule);
          const firsts = new Map(unplaced.refusals.list().map((rejection) => [rejection.agent, rejection]));
          expect(nearest).toHaveLength(Math.min(5, agents));
          for (const { agent, lacks } of nearest) {
            const { rule, reason, detail } = firsts.get(agent) ?? {};
            expect(lacks[0]).toMatchObject({ rule, reason, detail });
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('an agent that gets what it lacks takes one more', () => {
    let curedAgents = 0;
    fc.assert(
      fc.property(clusterSnapshot, (snapshot) => {
        for (const { plan, unplaced, explanation } of explained(snapshot)) {
          const near = explanation.nearest.find(({ lacks }) => lacks.every(({ rule }) => AMOUNTS.has(rule)));
          if (near === undefined) continue;
          curedAgents += 1;
          // Refusals speak of the agents as the plan leaves them.
          const after = cured(afterPlan(snapshot, plan), near);
          const pending = after.pending.filter(({ instance }) => instance.id === unplaced.instances[0]);
          expect(planSchedule({ ...after, pending }).placements).toHaveLength(1);
        }
      }),
      { numRuns: 300 },
    );
    expect(curedAgents).toBeGreaterThan(20);
  });

  test('so many more agents of a shape take as many as offered', () => {
    fc.assert(
      fc.property(clusterSnapshot, (snapshot) => {
        const plan = planSchedule(snapshot);
        const { instances, considered, shapes } = lackingCapacity(snapshot, plan);
        expect(instances).toBe(snapshot.pending.length - plan.placements.length);
        expect(considered).toBe(instances);
        for (const offer of shapes) {
          expect(offer.agents).toBeGreaterThan(0);
          expect(offer.instances).toBeGreaterThan(0);
          expect(offer.instances).toBeLessThanOrEqual(instances);
        }
      }),
      { numRuns: 100 },
    );
  });
});
