import { describe, expect, it } from 'vitest';
import type { Agent } from '../../../lib/model/agent.ts';
import { AgentTable } from '../../../lib/placement/agent-table.ts';
import { PlacementIndex } from '../../../lib/placement/placement-index.ts';
import { anAgent } from '../../fixtures/an-agent.ts';

const withAttributes = (all: readonly Readonly<Record<string, string>>[]): readonly Agent[] =>
  all.map((attributes, index) => anAgent({ id: `i-${String(index).padStart(4, '0')}`, facts: { attributes } }));

describe('cells: the combinations of some fields’ values that agents have', () => {
  const index = new PlacementIndex(
    withAttributes([
      { rack: 'r1', disk: 'ssd' },
      { rack: 'r2', disk: 'ssd' },
      { rack: 'r1', disk: 'hdd' },
      { disk: 'hdd' },
      { rack: 'r1' },
      {},
      { rack: 'r1', disk: 'ssd' },
      { rack: 'r2', disk: 'hdd' },
    ]),
    'binpack',
  );
  const cells = (fields: readonly string[]) => {
    const found = index.cells(fields);
    return found && { cellOf: [...found.cellOf], values: found.values };
  };

  it.for([
    { fields: [], cellOf: [0, 0, 0, 0, 0, 0, 0, 0], values: [[]] },
    { fields: ['rack'], cellOf: [0, 1, 0, -1, 0, -1, 0, 1], values: [['r1'], ['r2']] },
    {
      fields: ['rack', 'disk'],
      cellOf: [0, 1, 2, -1, -1, -1, 0, 3],
      values: [
        ['r1', 'ssd'],
        ['r2', 'ssd'],
        ['r1', 'hdd'],
        ['r2', 'hdd'],
      ],
    },
    { fields: ['unknown', 'rack'], cellOf: [-1, -1, -1, -1, -1, -1, -1, -1], values: [] },
  ])('of $fields; who lacks a value is in none', ({ fields, cellOf, values }) => {
    expect(cells(fields)).toEqual({ cellOf, values });
  });

  it('are too many to keep apart above 128', () => {
    const agentsOf = (count: number): readonly Agent[] =>
      withAttributes(Array.from({ length: count }, (_, number) => ({ a: `a${number % 16}`, b: `b${number >> 4}` })));
    expect(new PlacementIndex(agentsOf(128), 'binpack').cells(['a', 'b'])?.values).toHaveLength(128);
    expect(new PlacementIndex(agentsOf(129), 'binpack').cells(['a', 'b'])).toBeUndefined();
  });
});

it('shapes: agents with equal cpus and memory have one, wherever they are in the order', () => {
  const sizes = [
    [4, 8_192],
    [4, 4_096],
    [2, 4_096],
    [4, 8_192],
    [4, 8_192],
    [2, 4_096],
  ] as const;
  const agents = sizes.map(([cpus, mem], index) =>
    anAgent({ id: `i-${index}`, facts: { registered: { cpus, mem, disk: 0, gpus: 0 } } }),
  );
  const { shapes, shapeOf } = new AgentTable(agents, 'binpack');
  expect(shapes).toEqual([
    { cpus: 4, mem: 8_192 },
    { cpus: 4, mem: 4_096 },
    { cpus: 2, mem: 4_096 },
  ]);
  expect([...shapeOf]).toEqual([0, 1, 2, 0, 0, 2]);
});
