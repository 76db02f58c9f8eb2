import type { PortRange } from '../model/resources.ts';

/** The service ports that a definition asks for, 0 for any, and those that its former version had. */
export interface PortRequest {
  readonly requested: readonly number[];
  readonly previous: readonly number[];
}

/**
 * Fills the service ports asked for as 0: first the ports the old version had and the new one does not name, then
 * the lowest free ones of the range (Marathon: AssignDynamicServiceLogic.scala). All requests of one change are
 * judged together: no port that one of them names or keeps goes to another. Undefined when the range is used up.
 * @param used the ports of everything that does not change
 */
export function assignServicePorts(
  requests: readonly PortRequest[],
  used: Pick<ReadonlySet<number>, 'has'>,
  range: PortRange,
): readonly (readonly number[])[] | undefined {
  const reusable = requests.map(({ requested, previous }) => {
    const named = new Set(requested);
    return previous.filter((port) => port !== 0 && !named.has(port));
  });
  const taken = new Set([...requests.flatMap(({ requested }) => requested), ...reusable.flat()]);
  let candidate = range.begin;
  let fits = true;

  function nextFree(): number {
    while (used.has(candidate) || taken.has(candidate)) candidate += 1;
    fits &&= candidate <= range.end;
    taken.add(candidate);
    return candidate;
  }

  const assigned = requests.map(({ requested }, index) => {
    const kept = (reusable[index] ?? []).values();
    return requested.map((port) => {
      if (port !== 0) return port;
      const reused = kept.next();
      return reused.done ? nextFree() : reused.value;
    });
  });
  return fits ? assigned : undefined;
}
