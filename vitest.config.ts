import { defineConfig } from 'vitest/config';

/** What every kind of test shares: real processes, files and loopback HTTP, and nothing beyond this machine. */
const shared = {
  pool: 'forks' as const,
  setupFiles: ['test/setup/no-network.ts'],
  retry: 0,
};

const seconds = 1000;
const live = ['embedded/model/live/**/*.test.ts', 'test/session/**/*.test.ts'];

export default defineConfig({
  test: {
    passWithNoTests: false,
    allowOnly: false,
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['{agents,shared,embedded,cli}/**/*.test.ts', 'test/architecture.test.ts'],
          exclude: live,
          testTimeout: 20 * seconds,
          hookTimeout: 20 * seconds,
        },
      },
      {
        test: {
          ...shared,
          name: 'contract',
          include: ['test/contract/**/*.test.ts', 'test/calendar/**/*.test.ts', 'test/incidents/**/*.test.ts', ...live],
          testTimeout: 120 * seconds,
          hookTimeout: 60 * seconds,
        },
      },
      {
        test: { ...shared, name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 600 * seconds, hookTimeout: 120 * seconds, fileParallelism: false },
      },
      {
        test: { ...shared, name: 'fault', include: ['test/fault/**/*.test.ts'], testTimeout: 600 * seconds, hookTimeout: 300 * seconds, fileParallelism: false },
      },
    ],
  },
});
