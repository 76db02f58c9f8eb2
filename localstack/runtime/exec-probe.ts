import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { signalGroup } from './process-group.ts';

/** The shell's codes for a command that does not exist, and for one that a signal ended. */
const NOT_FOUND = 127;
const SIGNALLED = 128;

export interface ProbePlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Aborted when what is probed has ended: a probe under way is killed then. */
  readonly over: AbortSignal;
}

/** Runs a command in a container's place, in a process group of its own; see `ContainerHandle.exec`. */
export async function execProbe(
  command: readonly string[],
  timeoutMs: number,
  place: ProbePlace,
): Promise<number | undefined> {
  try {
    return await outcomeOf(command, timeoutMs, place);
  } catch {
    // What no process can be made of, such as an empty name.
    return NOT_FOUND;
  }
}

function outcomeOf(
  [file = '', ...args]: readonly string[],
  timeoutMs: number,
  { cwd, env, over }: ProbePlace,
): Promise<number | undefined> {
  const child = spawn(file, args, { cwd, env, detached: true, stdio: 'ignore' });
  const { pid } = child;
  return new Promise((resolve) => {
    child.once('error', () => resolve(NOT_FOUND));
    if (pid === undefined) return;
    const kill = () => signalGroup(pid, 'SIGKILL');
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      kill();
    }, timeoutMs);
    over.addEventListener('abort', kill);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      over.removeEventListener('abort', kill);
      kill();
      resolve(timedOut ? undefined : (code ?? SIGNALLED + (signal === null ? 0 : constants.signals[signal])));
    });
  });
}
