// Plain JavaScript for Node 20 without packages.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** @type {NodeJS.Signals[]} */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** A terminal and npm both pass on the same key press, a moment apart. */
const SAME_PRESS_MS = 300;
const END_WITH_PARENT = fileURLToPath(new URL('./end-with-parent.mjs', import.meta.url));

/**
 * Runs a Node program in the foreground. It is in a process group of its own, so a signal reaches it once, through us,
 * whether a terminal, npm or a person sent it; and it gets SIGTERM should we be killed.
 * @param {string} node the Node to use
 * @param {string[]} args flags, file and arguments
 * @param {Record<string, string>} [environment] on top of ours
 * @returns {Promise<number>} its exit code; 128 + number when a signal ended it
 */
export function runProgram(node, args, environment = {}) {
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', '--import', END_WITH_PARENT, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: process.platform !== 'win32',
    env: { ...process.env, ...environment, STRIDE_LAUNCHER: String(process.pid) },
  });
  const lastSent = new Map();
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    const now = Date.now();
    if (now - (lastSent.get(signal) ?? 0) < SAME_PRESS_MS) return;
    lastSent.set(signal, now);
    child.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const forwarded of FORWARDED) process.off(forwarded, forward);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
