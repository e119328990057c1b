/** The tests end in `.check.ts` and are looked for here alone: those of the application are never run with these, nor these with those. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['tests/**/*.check.ts'],
    // One synthesis serves all files.
    isolate: false,
    fileParallelism: false,
    testTimeout: 60_000,
    passWithNoTests: false,
  },
});
