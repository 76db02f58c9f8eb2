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
  const turns = new Map<PathId, number>();
  return pending
    .map((launch) => {
      const turn = turns.get(launch.spec.id) ?? 0;
      turns.set(launch.spec.id, turn + 1);
      return { launch, turn };
    })
    .sort((a, b) => a.turn - b.turn)
    .map(({ launch }) => launch);
}
