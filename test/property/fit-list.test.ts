import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Resources } from '../../lib/model/resources.ts';
import { PLACEMENT_RANKINGS } from '../../lib/model/schedule.ts';
import { AgentTable } from '../../lib/placement/agent-table.ts';
import { BitSet } from '../../lib/placement/bit-set.ts';
import { demandOf } from '../../lib/placement/demand.ts';
import { Partition } from '../../lib/placement/partition.ts';
import { anAgent } from '../fixtures/an-agent.ts';
import { anApp } from '../fixtures/an-app.ts';

const AGENTS = 300;

function demand(resources: Partial<Resources>) {
  return demandOf(anApp({ resources: { cpus: 0, mem: 0, disk: 0, gpus: 0, ...resources }, portDefinitions: [] }));
}

/** What the ordered lists show of those with room for the given cpus. */
function shown(partition: Partition, cpus: number): readonly number[] {
  const ranks: number[] = [];
  partition.catchUp();
  partition.list(0, 0)?.search(demand({ cpus }), Number.POSITIVE_INFINITY, (rank) => {
    ranks.push(rank);
    return true;
  });
  return ranks;
}

test('lists show the agents with room, the preferred first and equals by rank, whatever was taken and given back', () => {
  const step = fc.record({ rank: fc.nat(AGENTS - 1), tenths: fc.integer({ min: -20, max: 20 }), looks: fc.nat(9) });
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 300, maxLength: 500 }),
      fc.constantFrom(0, 1, 3),
      fc.constantFrom(...PLACEMENT_RANKINGS),
      (steps, cpus, ranking) => {
        const agents = Array.from({ length: AGENTS }, (_, rank) =>
          anAgent({ id: `i-${String(rank).padStart(3, '0')}` }),
        );
        const table = new AgentTable(agents, ranking);
        const all = new BitSet(AGENTS);
        for (const rank of agents.keys()) all.add(rank);
        const partition = new Partition(table, all);
        for (const { rank, tenths, looks } of steps) {
          const agent = table.agent(rank);
          const foreign = { ...agent.facts.foreign, cpus: agent.facts.foreign.cpus + tenths / 10 };
          if (tenths > 0) table.take(rank, demand({ cpus: tenths / 10 }), [], []);
          else table.replace({ ...agent, facts: { ...agent.facts, foreign } });
          if (looks === 0) shown(partition, cpus);
        }
        const keys = [...table.keys].sort((a, b) => a - b);
        const expected = keys
          .map((key) => table.rankOf(key))
          .filter((rank) => cpus === 0 || table.free(rank).cpus >= cpus);
        expect(shown(partition, cpus)).toEqual(expected);
      },
    ),
    { numRuns: 40 },
  );
});
