import fc from 'fast-check';
import { expect, test } from 'vitest';
import { restoreSnapshot } from '../../lib/flight-record/recorded-inputs.ts';
import { readPlan, recordPlan } from '../../lib/flight-record/recorded-plan.ts';
import { digestOf, type FlightData, flightOf } from '../../lib/flight-record/tick-record.ts';
import { planSchedule } from '../../lib/placement/plan-schedule.ts';
import { anAgent } from '../fixtures/an-agent.ts';
import { anApp } from '../fixtures/an-app.ts';
import { aSnapshot, waiting } from '../unit/placement/snapshot.ts';
import { anyLargeSnapshot, anySnapshot, volumeSnapshot } from './cluster-snapshot.ts';

test('a record, read from JSON, has the same plan again', () => {
  let placed = 0;
  fc.assert(
    fc.property(
      fc.oneof(
        { weight: 20, arbitrary: anySnapshot },
        { weight: 5, arbitrary: volumeSnapshot },
        { weight: 1, arbitrary: anyLargeSnapshot },
      ),
      (given) => {
        const plan = planSchedule(given);
        const { digest, data } = flightOf(given, plan);
        expect(data === undefined).toBe(given.pending.length === 0);
        if (data === undefined) return;
        const { inputs, plan: recorded } = JSON.parse(JSON.stringify(data)) as FlightData;
        expect(digestOf(inputs)).toBe(digest);
        const restored = restoreSnapshot(inputs);
        expect(recordPlan(planSchedule(restored), restored)).toEqual(recorded);
        expect(readPlan(recorded, restored)).toEqual({
          placements: plan.placements.map(({ resources: _, slots: _slots, ...rest }) => rest),
          unplaced: plan.unplaced.map(({ refusals: { agents, byRule }, ...rest }) => ({ ...rest, agents, byRule })),
        });
        placed += plan.placements.length;
      },
    ),
    { numRuns: 500 },
  );
  expect(placed).toBeGreaterThan(200);
});

test('a record of before claims were summed up is replayed as before', () => {
  const resources = { cpus: 1, mem: 100, disk: 0, gpus: 0 };
  const { held, ...agent } = anAgent({
    held: [
      { resources, hostPorts: [31_000] },
      { resources, hostPorts: [31_001] },
    ],
  });
  const former = { ...agent, claims: [{ resources, count: 2, hostPorts: [31_000, 31_001] }] };
  const { inputs } = flightOf(aSnapshot([anAgent()], waiting(anApp())), planSchedule(aSnapshot([], []))).data ?? fail();
  expect(restoreSnapshot({ ...inputs, agents: [former] }).agents).toEqual([{ ...agent, held }]);
});

function fail(): never {
  throw new Error('nothing was recorded');
}
