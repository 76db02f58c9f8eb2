import { constants, existsSync } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { killLeftOvers } from '../runtime/left-overs.ts';
import { LocalCloudError } from './local-cloud-error.ts';

/** A data directory that is this local cloud's alone until it is released. */
export interface DataDirectory {
  readonly path: string;
  /** Gives the directory free; an ephemeral one is removed. */
  release(): Promise<void>;
}

const LOCK_FILE = 'lock';
const PID_FILE = 'pid';
const EPHEMERAL = 'ephemeral';

/**
 * Makes and locks the data directory. An ephemeral one is a fresh directory below `ephemeral/`, so that it may run beside
 * others; those that a killed process left there are cleaned up first, with the tasks they left running.
 * Throws `LocalCloudError` when it cannot be written or is in use.
 */
export async function openDataDirectory(directory: string, ephemeral: boolean): Promise<DataDirectory> {
  await makeWritable(directory);
  await cleanUpEphemeral(join(directory, EPHEMERAL));
  if (!ephemeral) {
    const unlock = await lock(directory);
    return { path: directory, release: async () => unlock() };
  }
  const parent = join(directory, EPHEMERAL);
  await mkdir(parent, { recursive: true });
  const path = await mkdtemp(join(parent, 'run-'));
  const unlock = await lock(path);
  return {
    path,
    async release() {
      unlock();
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** Makes the directory and what is missing above it, level by level: Node's recursive way never ends below /proc. */
async function makeDirectory(directory: string): Promise<void> {
  if (existsSync(directory)) return;
  await makeDirectory(dirname(directory));
  await mkdir(directory);
}

async function makeWritable(directory: string): Promise<void> {
  try {
    await makeDirectory(directory);
    if (!(await stat(directory)).isDirectory()) throw new Error('it is not a directory');
    await access(directory, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new LocalCloudError(
      `the data directory ${directory} cannot be written (${problem}): choose another with --data`,
      { cause },
    );
  }
}

/**
 * An exclusive lock of SQLite: the system takes it from a process that dies, whatever way, and a second local cloud
 * in this process is kept out too.
 */
async function lock(directory: string): Promise<() => void> {
  const database = tryLock(directory);
  const pidFile = join(directory, PID_FILE);
  if (database === undefined) {
    const pid = await readFile(pidFile, 'utf8').catch(() => 'unknown');
    throw new LocalCloudError(
      `the data directory ${directory} is in use by another local cloud (process ${pid.trim()}): stop it, or choose ` +
        'another directory with --data',
    );
  }
  await writeFile(pidFile, `${process.pid}\n`);
  return () => database.close();
}

function tryLock(directory: string): DatabaseSync | undefined {
  const database = new DatabaseSync(join(directory, LOCK_FILE), { timeout: 0 });
  try {
    database.exec('pragma locking_mode = exclusive; begin exclusive; commit;');
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Error && error.message.includes('locked')) return undefined;
    throw error;
  }
}

async function cleanUpEphemeral(parent: string): Promise<void> {
  const names = await readdir(parent).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) {
    const path = join(parent, name);
    const database = tryLock(path);
    if (database === undefined) continue;
    await killLeftOvers(path);
    database.close();
    await rm(path, { recursive: true, force: true });
  }
}
