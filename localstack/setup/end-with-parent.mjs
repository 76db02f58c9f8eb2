// Loaded before a program that `run-program.mjs` starts: when the parent dies without a word, the program ends as if asked.
// Threads and further processes inherit the flag that loads this; they have another parent and are left alone.
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.channel && process.env['STRIDE_LAUNCHER'] === String(process.ppid)) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
