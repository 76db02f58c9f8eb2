import { readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const CONTROL = z.object({ url: z.string(), token: z.string(), pid: z.int() });

/** Where the control port of a running local cloud is, and the word that opens it. */
export type ControlAddress = z.infer<typeof CONTROL>;

const FILE = 'control.json';

/** Writes the address into the data directory, readable by its owner only; returns how to take it away. */
export async function writeControlFile(dataDirectory: string, address: ControlAddress): Promise<() => Promise<void>> {
  const path = join(dataDirectory, FILE);
  const fresh = `${path}.new`;
  await rm(fresh, { force: true });
  await writeFile(fresh, `${JSON.stringify(address, undefined, 2)}\n`, { mode: 0o600 });
  await rename(fresh, path);
  return () => rm(path, { force: true });
}

/** The address in a data directory, or undefined when no local cloud has written one there. */
export function readControlFile(dataDirectory: string): ControlAddress | undefined {
  try {
    return CONTROL.parse(JSON.parse(readFileSync(join(dataDirectory, FILE), 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
