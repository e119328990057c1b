import { defineConfig } from 'vitest/config';

/** The complete suite of a contributor: offline after the install, no external judge. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    exclude: ['test/tools/**', 'test/long/**', 'test/fixtures/**', 'snapshots/**', 'node_modules/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
  },
});
