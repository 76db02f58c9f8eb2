// `npm start`: plain JavaScript for Node 20, so that it can install what the local cloud needs.
import { fileURLToPath } from 'node:url';
import { ensureInstalled, SetupError } from './setup/ensure-installed.mjs';
import { runProgram } from './setup/run-program.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

try {
  const node = ensureInstalled(root);
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  process.exitCode = await runProgram(node, [main, ...process.argv.slice(2)]);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
