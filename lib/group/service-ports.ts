import type { PortRange } from '../model/resources.ts';

/**
 * Fills the service ports asked for as 0: first the ports the old version had and the new one does not name, then
 * the lowest free ones of the range (Marathon: AssignDynamicServiceLogic.scala). Undefined when the range is used up.
 */
export function assignServicePorts(
  requested: readonly number[],
  previous: readonly number[],
  used: ReadonlySet<number>,
  range: PortRange,
): readonly number[] | undefined {
  const named = new Set(requested);
  const reusable = previous.filter((port) => port !== 0 && !named.has(port));
  const taken = new Set([...used, ...requested, ...reusable]);
  let candidate = range.begin;
  const assigned: number[] = [];
  for (const port of requested) {
    if (port !== 0) {
      assigned.push(port);
      continue;
    }
    const reused = reusable.shift();
    if (reused !== undefined) {
      assigned.push(reused);
      continue;
    }
    while (taken.has(candidate)) candidate += 1;
    if (candidate > range.end) return undefined;
    taken.add(candidate);
    assigned.push(candidate);
  }
  return assigned;
}
