import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const SLOW = [
  'test/e2e/changed-stack.test.ts',
  'test/e2e/faults.test.ts',
  'test/e2e/lost-agents.test.ts',
  'test/e2e/restart.test.ts',
  'test/e2e/rolling-upgrade.test.ts',
  'test/simulation/group-faults.test.ts',
  'test/simulation/mutants.test.ts',
  'test/simulation/single-call-sweep.test.ts',
];

/** One more than there are cores: most tests wait for something. Vitest would take one less. */
const WORKERS = availableParallelism() + 1;

/** Tests of code without a process or a file of its own: several files in one process save loading it for each. */
const PURE = ['test/unit/**/*.test.ts', 'test/property/**/*.test.ts'];

/**
 * What runs side by side, then the end-to-end tests one file at a time, since each starts a whole local cloud. `npm test`
 * leaves out the slow ones, which wait for timers, upgrade many processes or try a fault at many calls:
 * `npm run test:faults`.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // Far above what any test takes: they end one that hangs, and judge no speed.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: PURE, isolate: false, maxWorkers: WORKERS },
      },
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', ...PURE, ...SLOW],
          maxWorkers: WORKERS,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: SLOW,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: SLOW,
          fileParallelism: false,
          testTimeout: 240_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
