import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export type OutputFile = 'stdout' | 'stderr';

const POLL_MS = 200;
const CHUNK_BYTES = 64 * 1024;

/** Sandboxes below a data directory whose task id begins with `taskId`; the exact one alone when there is one. */
export async function findSandboxes(dataDirectory: string, taskId: string): Promise<readonly string[]> {
  const agents = join(dataDirectory, 'agents');
  const found: string[] = [];
  for (const host of await namesIn(agents)) {
    const tasks = join(agents, host, 'tasks');
    for (const name of await namesIn(tasks)) {
      if (name === taskId) return [join(tasks, name)];
      if (name.startsWith(taskId)) found.push(join(tasks, name));
    }
  }
  return found;
}

/** What a task has written to a file so far; with `follow`, what it writes from then on too, until the signal. */
export async function* readOutput(
  sandbox: string,
  file: OutputFile,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const handle = await openIfThere(join(sandbox, file));
  if (handle === undefined) return;
  try {
    for (let position = 0; !signal.aborted; ) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, position);
      position += bytesRead;
      if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
      else if (follow) await delay(POLL_MS);
      else return;
    }
  } finally {
    await handle.close();
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  return (await unlessMissing(readdir(directory))) ?? [];
}

function openIfThere(path: string): Promise<FileHandle | undefined> {
  return unlessMissing(open(path, 'r'));
}

async function unlessMissing<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
