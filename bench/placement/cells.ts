import type { ClusterSnapshot } from '../../lib/model/schedule.ts';
import { benchAgent, benchApp, benchLaunches, type Fill, INSTANCES_PER_APP, type Mix, REGION } from './fixed-input.ts';

/** One combination of the fixed input. `batch` 1: every instance is a plan of its own, as when they come one by one. */
export interface Cell {
  readonly agents: number;
  readonly instances: number;
  readonly mix: Mix;
  readonly fill: Fill;
  readonly batch: 'all' | 1;
}

const cell = (agents: number, instances: number, mix: Mix, fill: Fill, batch: Cell['batch'] = 'all'): Cell => ({
  agents,
  instances,
  mix,
  fill,
  batch,
});

/** Named by what they ask: `10000x100000 mixed 80% all`. */
export function nameOf({ agents, instances, mix, fill, batch }: Cell): string {
  return `${agents}x${instances} ${mix} ${fill}% ${batch}`;
}

/** The twelve that every run measures. */
export const NAMED_CELLS: readonly Cell[] = [
  cell(100, 10_000, 'mixed', 0),
  cell(1_000, 10_000, 'mixed', 0),
  cell(5_000, 10_000, 'mixed', 0),
  cell(10_000, 10_000, 'mixed', 0),
  cell(10_000, 10_000, 'mixed', 80),
  cell(10_000, 10_000, 'mixed', 80, 1),
  cell(1_000, 10_000, 'mixed', 80, 1),
  cell(10_000, 100_000, 'none', 0),
  cell(10_000, 100_000, 'unique', 0),
  cell(10_000, 100_000, 'groupby', 0),
  cell(10_000, 100_000, 'mixed', 0),
  cell(10_000, 100_000, 'mixed', 80),
];

export const ALL_CELLS: readonly Cell[] = ([100, 1_000, 5_000, 10_000] as const).flatMap((agents) =>
  ([10_000, 100_000] as const).flatMap((instances) =>
    (['none', 'unique', 'groupby', 'cluster', 'maxper', 'mixed'] as const).flatMap((mix) =>
      ([0, 80] as const).flatMap((fill) =>
        (['all', 1] as const).map((batch) => cell(agents, instances, mix, fill, batch)),
      ),
    ),
  ),
);

/** Everything waits at once; apps one after another, as a store would list them. */
export function snapshotOf({ agents, instances, mix, fill }: Cell): ClusterSnapshot {
  const pending = Array.from({ length: instances / INSTANCES_PER_APP }, (_, a) =>
    benchLaunches(benchApp(a, mix), INSTANCES_PER_APP),
  ).flat();
  return {
    localRegion: REGION,
    ranking: 'binpack',
    agents: Array.from({ length: agents }, (_, i) => benchAgent(i, fill)),
    pending,
    instances: Map.groupBy(
      pending.map(({ instance }) => instance),
      ({ runSpec }) => runSpec,
    ),
  };
}
