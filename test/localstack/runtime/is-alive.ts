import { existsSync, readFileSync } from 'node:fs';
import { signalProcess } from '../../../localstack/runtime/process-group.ts';

/** Whether a process runs; a zombie that nobody reaped yet does not. */
export function isAlive(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  if (!existsSync('/proc/self')) return signalProcess(pid, 'SIGCONT');
  if (!existsSync(stat)) return false;
  const text = readFileSync(stat, 'utf8');
  return text[text.lastIndexOf(')') + 2] !== 'Z';
}
