import { defineConfig } from 'vitest/config';

/** The complete suite of a contributor: offline after the install, no external judge. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    exclude: ['test/tools/**', 'test/long/**', 'test/fixtures/**', 'snapshots/**', 'node_modules/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Most of it waits for processes of its own; one worker less than there are cores leaves them idle.
    maxWorkers: '100%',
    passWithNoTests: false,
  },
});
