import type { BitSet } from './bit-set.ts';
import { type BoundConstraint, holds, type LaunchRequest } from './launch-request.ts';
import type { ShapeList } from './partition.ts';
import type { Cells, Lasting, Pin, PlacementIndex } from './placement-index.ts';
import { share } from './preference.ts';
import { fromMillionths } from './resource-amounts.ts';

/** Says whether an agent with room is accepted, all things considered that the lists do not know. */
type Accepts = (rank: number) => boolean;

/** The best agent so far. `left`: its key less what the instance takes of its shape; smaller is better. */
interface Best {
  rank: number | undefined;
  left: number;
}

/** What finding a place for one run spec needs beside the request: computed once per plan. */
export interface Ranking {
  readonly lasting: Lasting;
  /** By shape: what an instance takes, in steps of the agents' keys. */
  readonly takes: readonly number[];
}

export function rankingOf(index: PlacementIndex, request: LaunchRequest): Ranking {
  const { taken } = request.demand;
  const [cpus, mem] = [fromMillionths(taken.cpus), fromMillionths(taken.mem)];
  const takes = index.table.shapes.map((shape) => share(cpus, shape.cpus, mem, shape.mem) * index.table.keyStep);
  return { lasting: index.lasting(request), takes };
}

/**
 * The agent for one more instance: among those that all rules accept the smallest group of each GROUP_BY in turn
 * (design §8), then the fullest once the instance is placed, so that large instances still find whole agents later,
 * then the lowest id.
 */
export function findAgent(index: PlacementIndex, request: LaunchRequest, ranking: Ranking): number | undefined {
  const pins = pinsOf(request);
  if (pins === undefined) return undefined;
  const fields = request.groups.map(({ constraint }) => constraint.field);
  const cells = index.cells(fields);
  const { partition, only } = index.scope(ranking.lasting, pins, cells === undefined ? [] : fields);
  partition.catchUp();
  if (fields.length === 0) {
    const best: Best = { rank: undefined, left: Number.POSITIVE_INFINITY };
    narrow(best, partition.lists(0), request, ranking, acceptance(index, request, request.moving, only));
    return best.rank;
  }
  if (cells === undefined) {
    return smallestGroupOfAll(index, partition.lists(0), request, ranking, only);
  }
  const others = request.moving.filter((bound) => !request.groups.includes(bound));
  const accepts = acceptance(index, request, others, only);
  for (const tier of tiers(cells, request)) {
    const best: Best = { rank: undefined, left: Number.POSITIVE_INFINITY };
    for (const cell of tier) narrow(best, partition.lists(cell), request, ranking, accepts);
    if (best.rank !== undefined) return best.rank;
  }
  return undefined;
}

/** What the first instance has fixed; undefined when it has no such value, so that no agent is right any more. */
function pinsOf({ moving }: LaunchRequest): readonly Pin[] | undefined {
  const pins: Pin[] = [];
  for (const { constraint, placed } of moving) {
    if (constraint.operator !== 'CLUSTER' || placed.total === 0) continue;
    if (placed.first === undefined) return undefined;
    pins.push({ field: constraint.field, value: placed.first });
  }
  return pins;
}

function acceptance(
  index: PlacementIndex,
  { spec, demand }: LaunchRequest,
  moving: readonly BoundConstraint[],
  only: BitSet | undefined,
): Accepts {
  const { fixed } = demand.ports;
  const checks = moving.map((bound) => ({ bound, column: index.column(bound.constraint.field) }));
  return (rank) =>
    (only === undefined || only.has(rank)) &&
    checks.every(({ bound, column }) => holds(bound, spec, column.at(rank))) &&
    (fixed.length === 0 || index.table.ports(rank).missing(demand.ports) === undefined);
}

/** Moves `best` to the best accepted agent of the lists that is better. */
function narrow(
  best: Best,
  lists: readonly ShapeList[],
  { demand }: LaunchRequest,
  { takes }: Ranking,
  accepts: Accepts,
): void {
  for (const { shape, list } of lists) {
    const taken = takes[shape] ?? 0;
    list.search(demand, best.left + taken, (rank, key) => {
      if (!accepts(rank)) return true;
      best.rank = rank;
      best.left = key - taken;
      return false;
    });
  }
}

/** The cells that the GROUP_BYs allow, those of the smallest groups first, equals together. */
function tiers({ values }: Cells, { groups, spec }: LaunchRequest): readonly (readonly number[])[] {
  const allowed = values.flatMap((own, cell) =>
    groups.every((bound, index) => holds(bound, spec, own[index]))
      ? [{ cell, sizes: groups.map(({ placed }, index) => placed.sizeOf(own[index])) }]
      : [],
  );
  allowed.sort((a, b) => compareSizes(a.sizes, b.sizes));
  const result: number[][] = [];
  let last: readonly number[] | undefined;
  for (const { cell, sizes } of allowed) {
    if (last === undefined || compareSizes(last, sizes) < 0) result.push([]);
    result.at(-1)?.push(cell);
    last = sizes;
  }
  return result;
}

/** The same when the groups are too many to keep apart (GROUP_BY hostname, say): no group is smaller than the smallest. */
function smallestGroupOfAll(
  index: PlacementIndex,
  lists: readonly ShapeList[],
  request: LaunchRequest,
  { takes }: Ranking,
  only: BitSet | undefined,
): number | undefined {
  const accepts = acceptance(index, request, request.moving, only);
  const groups = request.groups.map(({ constraint, placed }) => ({ placed, column: index.column(constraint.field) }));
  const smallest = request.groups.map(({ everywhere }) => everywhere?.smallest ?? 0);
  let best: { readonly rank: number; readonly left: number; readonly sizes: readonly number[] } | undefined;
  for (const { shape, list } of lists) {
    const taken = takes[shape] ?? 0;
    list.search(request.demand, Number.POSITIVE_INFINITY, (rank, key) => {
      if (!accepts(rank)) return true;
      const sizes = groups.map(({ placed, column }) => placed.sizeOf(column.at(rank)));
      const left = key - taken;
      const order = best === undefined ? -1 : compareSizes(sizes, best.sizes);
      if (best === undefined || order < 0 || (order === 0 && left < best.left)) best = { rank, left, sizes };
      return compareSizes(sizes, smallest) > 0;
    });
  }
  return best?.rank;
}

function compareSizes(a: readonly number[], b: readonly number[]): number {
  for (const [index, size] of a.entries()) {
    const difference = size - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
