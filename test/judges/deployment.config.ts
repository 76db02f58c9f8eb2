import { defineConfig } from 'vitest/config';

/** `npm run test:aws`: one suite whose tests build on each other. */
export default defineConfig({
  test: {
    include: ['test/judges/deployment.judge.ts'],
    pool: 'forks',
    execArgv: ['--disable-warning=ExperimentalWarning'],
    testTimeout: 120_000,
    // A judge may have to be fetched first.
    hookTimeout: 660_000,
    teardownTimeout: 20_000,
    bail: 1,
  },
});
