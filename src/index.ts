/** What the package exports: the work itself, and what a generator is declared with. */
export { run } from './cli/run.ts';
export { defineGenerator } from './define.ts';
export { SetupError } from './errors.ts';
