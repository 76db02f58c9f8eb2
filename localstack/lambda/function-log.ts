import { createWriteStream } from 'node:fs';
import { join } from 'node:path';

/** The log file of one function. */
export interface FunctionLog {
  write(text: Uint8Array | string): void;
  close(): Promise<void>;
}

/** Appends to `<directory>/<function>.log`; the directory exists. `onError` hears when the disk refuses. */
export function openFunctionLog(directory: string, functionName: string, onError: (error: Error) => void): FunctionLog {
  const stream = createWriteStream(join(directory, `${functionName}.log`), { flags: 'a' });
  stream.on('error', onError);
  return {
    write(text) {
      if (!stream.writableEnded) stream.write(text);
    },
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  };
}
