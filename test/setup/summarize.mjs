// Plain JavaScript for Node 20 without packages.
import { basename } from 'node:path';

/** A test may be skipped where its title says what it lacks: `runs an image (needs docker)`. */
const EXPECTED_SKIP = /\(needs [^)]+\)/;

/** Characters of a failure's message in its line of the summary. */
const LONGEST_MESSAGE = 300;

/**
 * What we read of vitest's JSON report.
 * @typedef {{ status: string, fullName: string, failureMessages?: string[] }} TestResult
 * @typedef {{ name: string, status: string, assertionResults: TestResult[] }} FileResult
 * @typedef {{ testResults: FileResult[] }} Report
 */

/**
 * The totals of a run, from vitest's JSON report. What fails without being a test counts as one failure each:
 * a file that does not load, a test skipped for no stated reason, something left behind, vitest itself.
 * @param {{ report: Report | undefined, code: number, leftovers: string[], filtered: boolean }} run
 *   `report` is undefined when vitest wrote none; `filtered`: tests outside a name pattern count as skipped
 * @returns {{ passed: number, failed: number, skipped: number, failures: string[] }} `failures`: a line each
 */
export function summarize({ report, code, leftovers, filtered }) {
  const files = report?.testResults ?? [];
  const tests = files.flatMap((file) => file.assertionResults);
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
  const failures = [
    ...files.flatMap(failuresOf),
    ...(filtered ? [] : skipped)
      .filter(({ fullName }) => !EXPECTED_SKIP.test(fullName))
      .map(({ fullName }) => `skipped for no stated reason: ${fullName}`),
    ...leftovers.map((leftover) => `left behind: ${leftover}`),
  ];
  if (tests.length === skipped.length) failures.push('no test ran');
  if (code !== 0 && failures.length === 0) failures.push(`vitest ended with code ${code}`);
  return { passed, failed: failures.length, skipped: skipped.length, failures };
}

/**
 * @param {FileResult} file
 * @returns {string[]} the failed tests with the first line of why, or the file that ended without one
 */
function failuresOf({ name, status, assertionResults }) {
  const failed = assertionResults.filter((result) => result.status === 'failed');
  if (failed.length === 0) return status === 'failed' ? [`did not run to its end: ${name}`] : [];
  return failed.map(({ fullName, failureMessages }) => {
    const [why = 'no message'] = (failureMessages?.[0] ?? '').split('\n').filter((line) => line.trim() !== '');
    return `${basename(name)}: ${fullName}: ${why.slice(0, LONGEST_MESSAGE)}`;
  });
}

/**
 * The line that ends a run, alone on its line.
 * @param {{ passed: number, failed: number, skipped: number }} totals
 */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
