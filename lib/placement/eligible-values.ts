import type { AgentTable } from './agent-table.ts';
import type { RequestClass } from './request-class.ts';
import type { ValueColumn } from './value-column.ts';

/**
 * The values of a column over the agents that could take the spec if they were empty. GROUP_BY without a value keeps
 * these level: an agent that can never take the spec must not hold the others at its zero.
 */
export function eligibleValues(
  table: AgentTable,
  { lasting, demand }: RequestClass,
  column: ValueColumn,
): ReadonlySet<string> {
  const values = new Set<string>();
  for (const rank of lasting.members.ranks()) {
    const value = column.at(rank);
    if (value === undefined || values.has(value) || !table.couldHold(rank, demand)) continue;
    values.add(value);
  }
  return values;
}
