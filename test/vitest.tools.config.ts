import { defineConfig } from 'vitest/config';

/** The external judges and the real builds; a judge that is missing fails. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/tools/**/*.test.ts'],
    exclude: ['test/fixtures/**', 'node_modules/**'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    passWithNoTests: false,
  },
});
