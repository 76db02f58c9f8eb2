/** Bounds how many probes are under way, so that those who never answer leave room for the others. */
export interface Lanes {
  /** Does the work when there is room. `doubtful`: the last time nobody answered; such work gets half of the room. */
  run<T>(doubtful: boolean, work: () => Promise<T>): Promise<T>;
}

/** @param room probes at once, each with a socket of its own */
export function createLanes(room: number): Lanes {
  const doubtfulRoom = Math.floor(room / 2);
  const waiting: { readonly sure: (() => void)[]; readonly doubtful: (() => void)[] } = { sure: [], doubtful: [] };
  let taken = 0;
  let doubtfulTaken = 0;

  const hasRoom = (doubtful: boolean): boolean => taken < room && (!doubtful || doubtfulTaken < doubtfulRoom);
  function take(doubtful: boolean): void {
    taken += 1;
    if (doubtful) doubtfulTaken += 1;
  }
  function leave(doubtful: boolean): void {
    taken -= 1;
    if (doubtful) doubtfulTaken -= 1;
    for (const kind of ['sure', 'doubtful'] as const) {
      const isDoubtful = kind === 'doubtful';
      while (waiting[kind].length > 0 && hasRoom(isDoubtful)) {
        take(isDoubtful);
        waiting[kind].shift()?.();
      }
    }
  }

  return {
    async run(doubtful, work) {
      if (hasRoom(doubtful)) take(doubtful);
      else await new Promise<void>((resolve) => waiting[doubtful ? 'doubtful' : 'sure'].push(resolve));
      try {
        return await work();
      } finally {
        leave(doubtful);
      }
    },
  };
}
