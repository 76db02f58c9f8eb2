import { createWriteStream, fstatSync, openSync, renameSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

/** The log file of one function. */
export interface FunctionLog {
  write(text: Uint8Array | string): void;
  close(): Promise<void>;
}

/** A log and the one before it: 20 MB for each function at most. */
const MAX_BYTES = 10 * 1024 * 1024;

/**
 * Appends to `<directory>/<function>.log`; the directory exists. A full file becomes `<function>.log.1`, and the one
 * before it goes. `onError` hears when the disk refuses.
 */
export function openFunctionLog(
  directory: string,
  functionName: string,
  onError: (error: Error) => void,
  maxBytes = MAX_BYTES,
): FunctionLog {
  const path = join(directory, `${functionName}.log`);
  const ending = new Set<Promise<void>>();
  let closed = false;
  let { stream, size } = open(path, onError);

  const rotate = () => {
    renameSync(path, `${path}.1`);
    const former = end(stream);
    ending.add(former);
    void former.then(() => ending.delete(former));
    ({ stream, size } = open(path, onError));
  };
  return {
    write(text) {
      if (closed) return;
      const bytes = Buffer.byteLength(text);
      try {
        if (size > 0 && size + bytes > maxBytes) rotate();
      } catch (error) {
        onError(error instanceof Error ? error : new Error(String(error)));
      }
      size += bytes;
      stream.write(text);
    },
    async close() {
      closed = true;
      await Promise.all([...ending, end(stream)]);
    },
  };
}

/** Opened at once, so that a rename later takes the open file along. */
function open(path: string, onError: (error: Error) => void): { readonly stream: WriteStream; readonly size: number } {
  const fd = openSync(path, 'a');
  const stream = createWriteStream(path, { fd });
  stream.on('error', onError);
  return { stream, size: fstatSync(fd).size };
}

function end(stream: WriteStream): Promise<void> {
  return new Promise((resolve) => stream.end(() => resolve()));
}
