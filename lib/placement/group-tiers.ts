import { holds, type LaunchRequest } from './launch-request.ts';
import type { Cells } from './placement-index.ts';

/** The cells that the GROUP_BYs of a request allow, those of the smallest groups first, equals together. */
export class GroupTiers {
  readonly #values: Cells['values'];
  readonly #request: LaunchRequest;

  constructor({ values }: Cells, request: LaunchRequest) {
    this.#values = values;
    this.#request = request;
  }

  /** The cells that may take one more now. */
  allowed(): readonly number[] {
    const { groups, spec } = this.#request;
    const cells: number[] = [];
    for (const [cell, own] of this.#values.entries()) {
      if (groups.every((bound, index) => holds(bound, spec, own[index]))) cells.push(cell);
    }
    return cells;
  }

  /** Of these cells those of the smallest group, group by group in the order of the constraints. */
  smallest(cells: readonly number[]): readonly number[] {
    let tier = cells;
    for (const [index, { placed }] of this.#request.groups.entries()) {
      if (tier.length <= 1) break;
      const sizes = tier.map((cell) => placed.sizeOf(this.#values[cell]?.[index]));
      const smallest = Math.min(...sizes);
      tier = tier.filter((_, at) => sizes[at] === smallest);
    }
    return tier;
  }
}
