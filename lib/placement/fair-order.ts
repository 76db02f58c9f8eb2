import type { Turn } from './turns.ts';

/**
 * The order in which pending launches get their turn: replacements of running work before new work, and within each
 * round-robin over the run specs, one instance a turn, so that an app of one instance never waits behind one of ten
 * thousand. Keeps the given order among equals.
 */
export function fairOrder(pending: readonly Turn[]): readonly Turn[] {
  return [
    ...roundRobin(pending.filter(({ replacement }) => replacement)),
    ...roundRobin(pending.filter(({ replacement }) => !replacement)),
  ];
}

function roundRobin(pending: readonly Turn[]): readonly Turn[] {
  const next = new Map<Turn['versions'], number>();
  const rounds: Turn[][] = [];
  for (const turn of pending) {
    const round = next.get(turn.versions) ?? 0;
    next.set(turn.versions, round + 1);
    const others = rounds[round];
    if (others === undefined) rounds[round] = [turn];
    else others.push(turn);
  }
  return rounds.flat();
}
