/** Signals every process of a group; true when there was one that this user may signal. */
export function signalGroup(leader: number, signal: NodeJS.Signals): boolean {
  return signalProcess(-leader, signal);
}

/** Signals a process; true when there was one that this user may signal. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // macOS answers EPERM for a group of which only zombies are left.
    if (code === 'ESRCH' || code === 'EPERM') return false;
    throw error;
  }
}
