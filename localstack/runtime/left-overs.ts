import { execFileSync } from 'node:child_process';
import { globSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { signalGroup, signalProcess } from './process-group.ts';
import { agentsDirectory } from './sandbox.ts';

export interface LeftOver {
  readonly pid: number;
  readonly sandbox: string;
}

/** In each sandbox where there is no /proc: which process runs there, and since when. */
const PROCESS_FILE = '.process';
const processRecord = z.object({ pid: z.int().positive(), startedAt: z.string() });

/** A process that forks as fast as it is killed would end this; nothing else should. */
const MAX_ROUNDS = 50;

/**
 * Kills every process that tasks under this data directory have left, at start-up and at shutdown, and waits until
 * they are gone. On Linux it knows them by `MESOS_SANDBOX` in their environment, daemonized children too; elsewhere
 * by the process group that each sandbox's record names. Throws when some cannot be killed.
 */
export async function killLeftOvers(
  dataDir: string,
  platform: NodeJS.Platform = process.platform,
): Promise<readonly LeftOver[]> {
  const agents = agentsDirectory(dataDir);
  const killed = new Map<number, LeftOver>();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const found = platform === 'linux' ? findByEnvironment(agents) : findByRecord(agents);
    if (found.length === 0) return [...killed.values()];
    for (const each of found) {
      if (platform === 'linux') signalProcess(each.pid, 'SIGKILL');
      else signalGroup(each.pid, 'SIGKILL');
      killed.set(each.pid, each);
    }
    await sleep(20);
  }
  const last = [...killed.keys()].slice(-5).join(', ');
  throw new Error(`processes of tasks under ${agents} cannot be killed (such as ${last}): end them by hand`);
}

/** Notes where a sandbox's process is to be found after this one died. Linux needs no note. */
export function recordProcess(sandbox: string, pid: number, platform: NodeJS.Platform = process.platform): void {
  if (platform === 'linux') return;
  const startedAt = startOf(pid);
  if (startedAt !== undefined) writeFileSync(join(sandbox, PROCESS_FILE), JSON.stringify({ pid, startedAt }));
}

function findByEnvironment(agents: string): LeftOver[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.flatMap((pid) => {
    const sandbox = readSandbox(pid);
    return sandbox?.startsWith(`${agents}/`) ? [{ pid: Number(pid), sandbox }] : [];
  });
}

function readSandbox(pid: string): string | undefined {
  const name = 'MESOS_SANDBOX=';
  const environment = readIfAllowed(`/proc/${pid}/environ`)?.split('\0');
  return environment?.find((variable) => variable.startsWith(name))?.slice(name.length);
}

/** Processes end while they are looked at, and those of other users are none of ours. */
function readIfAllowed(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return undefined;
    throw error;
  }
}

function findByRecord(agents: string): LeftOver[] {
  return globSync(`*/tasks/*/${PROCESS_FILE}`, { cwd: agents }).flatMap((name) => {
    const file = join(agents, name);
    const { pid, startedAt } = processRecord.parse(JSON.parse(readFileSync(file, 'utf8')));
    if (startOf(pid) === startedAt) return [{ pid, sandbox: join(file, '..') }];
    rmSync(file);
    return [];
  });
}

/** When a process started, in the words of ps; undefined when there is none, or only its corpse. */
function startOf(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 1) return undefined;
    throw error;
  }
}
