import { describe, expect, test } from 'vitest';
import type { Agent } from '../../../lib/model/agent.ts';
import { NO_RESOURCES } from '../../../lib/model/resources.ts';
import { PlacementMemory } from '../../../lib/placement/placement-memory.ts';
import { planSchedule } from '../../../lib/placement/plan-schedule.ts';
import { anAgent } from '../../fixtures/an-agent.ts';
import { anApp } from '../../fixtures/an-app.ts';
import { aSnapshot, claimOf, outcomeOf, waiting } from './snapshot.ts';

const app = anApp({ instances: 2, resources: { ...NO_RESOURCES, cpus: 2 }, portDefinitions: [] });
const cores = (cpus: number) => ({ ...NO_RESOURCES, cpus });
const used = (agent: Agent, cpus: number): Agent => ({ ...agent, facts: { ...agent.facts, foreign: cores(cpus) } });
const a = anAgent({ id: 'a', facts: { attributes: { rack: 'r1' } } });
const b = anAgent({ id: 'b', facts: { attributes: { rack: 'r2' } } });

describe('a memory between plans', () => {
  test('a plan is a proposal: the next one has the same room', () => {
    const memory = new PlacementMemory();
    const snapshot = aSnapshot([a], waiting(app, 3));
    const first = outcomeOf(planSchedule(snapshot, memory));
    expect(first).toEqual({ 'app.instance-0': 'a', 'app.instance-1': 'a', 'app.instance-2': ['a: InsufficientCpus'] });
    expect(outcomeOf(planSchedule(snapshot, memory))).toEqual(first);
  });

  test('another ranking counts at once', () => {
    const memory = new PlacementMemory();
    const snapshot = aSnapshot([a, used(b, 1)], waiting(app));
    for (const [ranking, agent] of [
      ['binpack', 'b'],
      ['spread', 'a'],
      ['binpack', 'b'],
    ] as const) {
      expect(outcomeOf(planSchedule({ ...snapshot, ranking }, memory))).toEqual({ 'app.instance-0': agent });
    }
  });

  test('what was refused is placed once an agent has room, told or found in a new list', () => {
    const refused = { 'app.instance-0': ['a: InsufficientCpus'] };
    for (const isTold of [true, false]) {
      const memory = new PlacementMemory();
      const agents = [used(a, 3)];
      const snapshot = aSnapshot(agents, waiting(app));
      expect(outcomeOf(planSchedule(snapshot, memory))).toEqual(refused);
      expect(outcomeOf(planSchedule(snapshot, memory))).toEqual(refused);
      if (isTold) memory.tell(a);
      const next = isTold ? snapshot : { ...snapshot, agents: [a] };
      expect(outcomeOf(planSchedule(next, memory))).toEqual({ 'app.instance-0': 'a' });
    }
  });

  test('an agent that gives back nothing but a host port has it', () => {
    const memory = new PlacementMemory();
    const oneport = anApp({ resources: NO_RESOURCES, portDefinitions: [{ port: 0, protocol: 'tcp', labels: {} }] });
    const free = anAgent({ id: 'a', facts: { ports: [{ begin: 31_000, end: 31_000 }] } });
    const snapshot = aSnapshot([{ ...free, held: { ...claimOf(0), hostPorts: [31_000] } }], waiting(oneport));
    expect(outcomeOf(planSchedule(snapshot, memory))).toEqual({ 'app.instance-0': ['a: InsufficientPorts'] });
    memory.tell(free);
    expect(outcomeOf(planSchedule(snapshot, memory))).toEqual({ 'app.instance-0': 'a' });
  });

  test('an agent that can take the run spec now is kept level with the others', () => {
    const level = anApp({ ...app, constraints: [{ field: 'rack', operator: 'GROUP_BY' }] });
    const memory = new PlacementMemory();
    const pending = waiting(level, 2);
    const nobody = ['a: InsufficientCpus', 'b: InsufficientCpus'];
    expect(outcomeOf(planSchedule(aSnapshot([used(a, 3), used(b, 3)], pending), memory))).toEqual({
      'app.instance-0': nobody,
      'app.instance-1': nobody,
    });
    // The second rack could take one, were it not full for now.
    expect(outcomeOf(planSchedule(aSnapshot([a, { ...b, held: claimOf(4) }], pending), memory))).toEqual({
      'app.instance-0': 'a',
      'app.instance-1': ['a: UnfulfilledConstraint', 'b: InsufficientCpus'],
    });
  });

  test('an agent that is told of and new makes the next plan begin anew', () => {
    const memory = new PlacementMemory();
    expect(outcomeOf(planSchedule(aSnapshot([used(a, 3)], waiting(app)), memory))).toEqual({
      'app.instance-0': ['a: InsufficientCpus'],
    });
    memory.tell(b);
    expect(outcomeOf(planSchedule(aSnapshot([used(a, 3), b], waiting(app)), memory))).toEqual({
      'app.instance-0': 'b',
    });
  });

  test('refusals cannot be read when a later plan has changed what they speak of', () => {
    const memory = new PlacementMemory();
    const [waits] = planSchedule(aSnapshot([used(a, 3)], waiting(app)), memory).unplaced;
    planSchedule(aSnapshot([a], waiting(app)), memory);
    expect(() => waits?.refusals.byReason).toThrow('refusals are read before the next plan with the same memory');
  });
});
