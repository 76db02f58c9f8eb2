import { defineConfig } from 'vitest/config';

/** What others know, held against what we do: one file at a time, since each judge is a server of its own. */
export default defineConfig({
  test: {
    include: ['test/judges/*.judge.ts', 'test/gateway/*.judge.ts'],
    exclude: ['test/judges/deployment.judge.ts'],
    pool: 'forks',
    fileParallelism: false,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    testTimeout: 240_000,
    // A judge may have to be fetched first.
    hookTimeout: 660_000,
    teardownTimeout: 20_000,
  },
});
