// Plain JavaScript for Node 20 without packages.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/**
 * Ends the processes that a test run left running, known by a mark in the environment they inherited.
 * Looks where the system shows environments (/proc), else finds none.
 * @param {string} mark `NAME=value`
 * @returns {string[]} their command lines
 */
export function endLeftovers(mark) {
  if (!existsSync('/proc/self/environ')) return [];
  const found = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark)) continue;
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      // A process that has ended and was not waited for yet has no command line.
      if (command === '') continue;
      found.push(`${pid} ${command}`);
      process.kill(Number(pid), 'SIGKILL');
    } catch (error) {
      // Gone in the meantime, or another user's.
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (!['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code)) throw error;
    }
  }
  return found;
}
