import type { LaunchRequest } from './launch-request.ts';
import type { PlacementIndex } from './placement-index.ts';

/**
 * The values of a field over the agents that could take the spec if they were empty. GROUP_BY without a value keeps
 * these level: an agent that can never take the spec must not hold the others at its zero.
 */
export function eligibleValues(index: PlacementIndex, request: LaunchRequest, field: string): ReadonlySet<string> {
  const { demand } = request;
  const column = index.column(field);
  const values = new Set<string>();
  for (const rank of index.lasting(request).members.ranks()) {
    const value = column.at(rank);
    if (value === undefined || values.has(value) || !index.table.couldHold(rank, demand)) continue;
    values.add(value);
  }
  return values;
}
