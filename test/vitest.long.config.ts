import { defineConfig } from 'vitest/config';

/** What takes longer: every crash point, every random value. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/long/**/*.test.ts'],
    exclude: ['test/fixtures/**', 'node_modules/**'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // Most of it waits for processes of its own; one worker less than there are cores leaves them idle.
    maxWorkers: '100%',
    passWithNoTests: false,
  },
});
