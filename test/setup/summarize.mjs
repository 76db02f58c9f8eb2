// Plain JavaScript for Node 20 without packages.

/** A test may be skipped where its title says what it lacks: `runs an image (needs docker)`. */
const EXPECTED_SKIP = /\(needs [^)]+\)/;

/**
 * What we read of vitest's JSON report.
 * @typedef {{ status: string, fullName: string }} TestResult
 * @typedef {{ name: string, status: string, assertionResults: TestResult[] }} FileResult
 * @typedef {{ testResults: FileResult[] }} Report
 */

/**
 * The totals of a run, from vitest's JSON report. What fails without being a test counts as one failure each:
 * a file that does not load, a test skipped for no stated reason, something left behind, vitest itself.
 * @param {{ report: Report | undefined, code: number, leftovers: string[], filtered: boolean }} run
 *   `report` is undefined when vitest wrote none; `filtered`: tests outside a name pattern count as skipped
 * @returns {{ passed: number, failed: number, skipped: number, complaints: string[] }}
 */
export function summarize({ report, code, leftovers, filtered }) {
  const files = report?.testResults ?? [];
  const tests = files.flatMap((file) => file.assertionResults);
  const failedTests = tests.filter(({ status }) => status === 'failed').length;
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
  const complaints = [
    ...files
      .filter((file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'))
      .map((file) => `did not run to its end: ${file.name}`),
    ...(filtered ? [] : skipped)
      .filter(({ fullName }) => !EXPECTED_SKIP.test(fullName))
      .map(({ fullName }) => `skipped for no stated reason: ${fullName}`),
    ...leftovers.map((leftover) => `left behind: ${leftover}`),
  ];
  if (tests.length === skipped.length) complaints.push('no test ran');
  if (code !== 0 && failedTests + complaints.length === 0) complaints.push(`vitest ended with code ${code}`);
  return { passed, failed: failedTests + complaints.length, skipped: skipped.length, complaints };
}

/**
 * The line that ends a run, alone on its line.
 * @param {{ passed: number, failed: number, skipped: number }} totals
 */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
