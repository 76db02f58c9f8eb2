// `npm test`: plain JavaScript for Node 20, so that it can install what the tests need. Arguments go to vitest.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, SetupError } from '../localstack/setup/ensure-installed.mjs';
import { runProgram } from '../localstack/setup/run-program.mjs';
import { endLeftovers } from './setup/leftover-processes.mjs';
import { closingLine, summarize } from './setup/summarize.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs vitest with a temporary folder of its own, so that what tests leave behind is seen.
 * @param {string[]} args
 * @returns {Promise<number>} the exit code
 */
async function runTests(args) {
  const node = ensureInstalled(root);
  const folder = mkdtempSync(join(tmpdir(), 'stride-test-'));
  const report = `${folder}.json`;
  const mark = `STRIDE_TEST_RUN=${folder}`;
  try {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const code = await runProgram(node, [vitest, 'run', '--root', root, ...reporters, ...args], {
      STRIDE_TEST_RUN: folder,
      TMPDIR: folder,
    });
    const leftovers = [
      ...endLeftovers(mark).map((command) => `process: ${command}`),
      ...readdirSync(folder).map((file) => `temporary file: ${file}`),
    ];
    const filtered = args.some((arg) => /^(-t|--testNamePattern)\b/.test(arg));
    const json = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
    const summary = summarize({ report: json, code, leftovers, filtered });
    for (const failure of summary.failures) console.log(`FAILED ${failure}`);
    console.log(`\n${closingLine(summary)}`);
    return summary.failed > 0 ? Math.max(code, 1) : code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(report, { force: true });
  }
}

try {
  process.exitCode = await runTests(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
