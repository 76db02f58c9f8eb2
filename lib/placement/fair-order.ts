import type { PathId } from '../model/path-id.ts';
import type { PendingLaunch } from '../model/schedule.ts';

/**
 * The order in which pending launches get their turn: replacements of running work before new work, and within each
 * round-robin over the run specs, one instance a turn, so that an app of one instance never waits behind one of ten
 * thousand. Keeps the given order among equals.
 */
export function fairOrder(pending: readonly PendingLaunch[]): readonly PendingLaunch[] {
  return [
    ...roundRobin(pending.filter((launch) => launch.replacement)),
    ...roundRobin(pending.filter((launch) => !launch.replacement)),
  ];
}

function roundRobin(pending: readonly PendingLaunch[]): readonly PendingLaunch[] {
  const next = new Map<PathId, number>();
  const turns: PendingLaunch[][] = [];
  for (const launch of pending) {
    const turn = next.get(launch.spec.id) ?? 0;
    next.set(launch.spec.id, turn + 1);
    const others = turns[turn];
    if (others === undefined) turns[turn] = [launch];
    else others.push(launch);
  }
  return turns.flat();
}
