import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { unlessMissing } from '../runtime/unless-missing.ts';

export type OutputFile = 'stdout' | 'stderr';

const POLL_MS = 200;
const CHUNK_BYTES = 64 * 1024;

/** The directory of a task, with what it is named by. */
export interface Sandbox {
  readonly path: string;
  readonly host: string;
  readonly name: string;
}

/** Sandboxes below a data directory whose task id begins with `taskId`; the exact one alone when there is one. */
export async function findSandboxes(dataDirectory: string, taskId: string): Promise<readonly Sandbox[]> {
  const agents = join(dataDirectory, 'agents');
  const found: Sandbox[] = [];
  for (const host of await namesIn(agents)) {
    const tasks = join(agents, host, 'tasks');
    for (const name of await namesIn(tasks)) {
      const sandbox = { path: join(tasks, name), host, name };
      if (name === taskId) return [sandbox];
      if (name.startsWith(taskId)) found.push(sandbox);
    }
  }
  return found;
}

/** What a task has written to a file so far, and what it writes from then on while `mayGrow` says so, until the signal. */
export async function* readOutput(
  sandbox: string,
  file: OutputFile,
  mayGrow: () => boolean,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const handle = await unlessMissing(open(join(sandbox, file), 'r'));
  if (handle === undefined) return;
  try {
    for (let position = 0; !signal.aborted; ) {
      // Asked before the read: what was written before the end is still read.
      const more = mayGrow();
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, position);
      position += bytesRead;
      if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
      else if (more) await delay(POLL_MS);
      else return;
    }
  } finally {
    await handle.close();
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  return (await unlessMissing(readdir(directory))) ?? [];
}
