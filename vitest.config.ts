import { defineConfig } from 'vitest/config';

/** What every kind of test shares: real processes, files and loopback HTTP, and nothing beyond this machine. */
const shared = {
  pool: 'forks' as const,
  setupFiles: ['test/setup/no-network.ts'],
  retry: 0,
};

const seconds = 1000;
/** Tests that start real coding-agent CLIs. */
const live = ['embedded/model/live/**/*.test.ts'];
const ofOthers = ['test/architecture.test.ts', 'test/e2e/**', 'test/journey/**', 'test/fault/**', 'test/fixtures/**'];

export default defineConfig({
  test: {
    passWithNoTests: false,
    allowOnly: false,
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['{agents,shared,embedded,cli,bench}/**/*.test.ts', 'test/architecture.test.ts'],
          exclude: live,
          testTimeout: 20 * seconds,
          hookTimeout: 20 * seconds,
        },
      },
      {
        test: {
          ...shared,
          name: 'contract',
          include: ['test/**/*.test.ts', ...live],
          exclude: ofOthers,
          testTimeout: 120 * seconds,
          hookTimeout: 60 * seconds,
        },
      },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['test/{e2e,journey}/**/*.test.ts'],
          testTimeout: 600 * seconds,
          hookTimeout: 120 * seconds,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...shared,
          name: 'fault',
          include: ['test/fault/**/*.test.ts'],
          testTimeout: 600 * seconds,
          hookTimeout: 300 * seconds,
          fileParallelism: false,
        },
      },
    ],
  },
});
