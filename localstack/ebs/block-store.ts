import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** EBS: bytes of a block (aws.md §3.4). */
export const BLOCK_BYTES = 524_288;

/** Contents of blocks, each once, as files named by their hash. */
export interface BlockStore {
  /** SHA-256 in hexadecimal of what was stored. */
  put(content: Uint8Array): Promise<string>;
  get(sha256: string): Promise<Uint8Array>;
  delete(hashes: readonly string[]): Promise<void>;
}

export function createBlockStore(directory: string): BlockStore {
  const fileOf = (sha256: string) => join(directory, sha256);
  let written = 0;
  return {
    async put(content) {
      const sha256 = createHash('sha256').update(content).digest('hex');
      await mkdir(directory, { recursive: true });
      // Written aside first: a crash leaves no half block under its name.
      written += 1;
      const aside = `${fileOf(sha256)}.${process.pid}.${written}`;
      await writeFile(aside, content);
      await rename(aside, fileOf(sha256));
      return sha256;
    },
    get: (sha256) => readFile(fileOf(sha256)),
    async delete(hashes) {
      for (const sha256 of hashes) await rm(fileOf(sha256), { force: true });
    },
  };
}
