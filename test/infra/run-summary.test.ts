import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { endLeftovers } from '../setup/leftover-processes.mjs';
import { closingLine, summarize } from '../setup/summarize.mjs';

const file = (status: string, ...tests: [status: string, fullName: string][]) => ({
  name: 'a.test.ts',
  status,
  assertionResults: tests.map(([testStatus, fullName]) => ({ status: testStatus, fullName })),
});
const report = (...testResults: ReturnType<typeof file>[]) => ({ testResults });
const ONE = file('passed', ['passed', 'one']);

describe('the closing line', () => {
  test.each<[string, Partial<Parameters<typeof summarize>[0]>, string]>([
    ['all passed', { report: report(ONE) }, '1 passed, 0 failed'],
    ['one failed', { report: report(ONE, file('failed', ['failed', 'two'])), code: 1 }, '1 passed, 1 failed'],
    ['a file did not load', { report: report(ONE, file('failed')), code: 1 }, '1 passed, 1 failed'],
    [
      'skipped with a reason',
      { report: report(ONE, file('passed', ['skipped', 'x (needs docker)'])) },
      '1 passed, 0 failed, 1 skipped',
    ],
    ['skipped without one', { report: report(ONE, file('passed', ['skipped', 'x'])) }, '1 passed, 1 failed, 1 skipped'],
    ['still to write', { report: report(ONE, file('passed', ['todo', 'x'])) }, '1 passed, 1 failed, 1 skipped'],
    [
      'chosen by name',
      { report: report(ONE, file('passed', ['skipped', 'x'])), filtered: true },
      '1 passed, 0 failed, 1 skipped',
    ],
    ['something left behind', { report: report(ONE), leftovers: ['process: 7 sleep'] }, '1 passed, 1 failed'],
    ['an error outside of tests', { report: report(ONE), code: 1 }, '1 passed, 1 failed'],
    ['nothing ran', { report: report() }, '0 passed, 1 failed'],
    ['vitest did not report', { code: 1 }, '0 passed, 1 failed'],
  ])('when %s', (_name, run, expected) => {
    const summary = summarize({ report: undefined, code: 0, leftovers: [], filtered: false, ...run });
    expect(closingLine(summary)).toBe(expected);
  });

  test('comes after a line for each failure, with the file and the first line of why', () => {
    const failed = { status: 'failed', fullName: 'scales to 3', failureMessages: ['\nError: still 2\n    at x.ts:1'] };
    const files = report({ name: '/x/test/e2e/a.test.ts', status: 'failed', assertionResults: [failed] });
    const summary = summarize({ report: files, code: 1, leftovers: ['process: 7 sleep'], filtered: false });
    expect(summary.failures).toEqual(['a.test.ts: scales to 3: Error: still 2', 'left behind: process: 7 sleep']);
  });
});

test.runIf(existsSync('/proc/self/environ'))(
  'processes left running are found by their mark and ended (needs /proc)',
  async () => {
    const mark = `${process.pid}-${process.hrtime.bigint()}`;
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      stdio: 'ignore',
      env: { ...process.env, STRIDE_TEST_MARK: mark },
    });
    const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
    await new Promise((resolve) => child.once('spawn', resolve));
    expect(endLeftovers(`STRIDE_TEST_MARK=${mark}`)).toEqual([expect.stringContaining(`${child.pid} `)]);
    expect(await ended).toBe('SIGKILL');
    expect(endLeftovers(`STRIDE_TEST_MARK=${mark}`)).toEqual([]);
  },
);
